extension CourseMigrations {
    /// Who is deleted is enrolled nowhere, and nobody looks on for them.
    static let m0113EnrollmentsOfDeletedUsers = #"""
        CREATE FUNCTION courses_end_user() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            UPDATE enrollments SET workflow_state = 'deleted', updated_at = now()
            WHERE institution_id = NEW.institution_id AND (user_id = NEW.id OR associated_user_id = NEW.id)
                AND workflow_state <> 'deleted';
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER users_end_enrollments AFTER UPDATE OF workflow_state ON users
            FOR EACH ROW WHEN (NEW.workflow_state = 'deleted' AND OLD.workflow_state <> 'deleted')
            EXECUTE FUNCTION courses_end_user();
        CREATE INDEX enrollments_by_associated_user ON enrollments (institution_id, associated_user_id)
            WHERE associated_user_id IS NOT NULL;
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                UPDATE enrollments e SET workflow_state = 'deleted', updated_at = now() FROM users u
                WHERE e.institution_id = place.id AND u.institution_id = place.id AND u.workflow_state = 'deleted'
                    AND u.id IN (e.user_id, e.associated_user_id) AND e.workflow_state <> 'deleted';
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;
        """#
}
