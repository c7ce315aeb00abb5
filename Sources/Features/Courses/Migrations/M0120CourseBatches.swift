extension CourseMigrations {
    /// What a course was before it was deleted, so that it can be put back as it was; whoever deletes it.
    static let m0120CourseBatches = #"""
        ALTER TABLE courses ADD COLUMN state_before_deletion text
            CHECK (state_before_deletion IN ('unpublished', 'available', 'completed'));
        CREATE FUNCTION courses_note_state() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            NEW.state_before_deletion := CASE WHEN NEW.workflow_state = 'deleted' THEN OLD.workflow_state END;
            RETURN NEW;
        END
        $$;
        CREATE TRIGGER courses_note_state BEFORE UPDATE OF workflow_state ON courses
            FOR EACH ROW WHEN ((NEW.workflow_state = 'deleted') <> (OLD.workflow_state = 'deleted'))
            EXECUTE FUNCTION courses_note_state();
        """#
}
