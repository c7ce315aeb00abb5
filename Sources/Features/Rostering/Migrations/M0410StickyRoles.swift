extension RosteringMigrations {
    /// Roles of an institution's own that enrolments have been given by hand stay through imports.
    static let m0410StickyRoles = #"""
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                UPDATE enrollments e SET stuck_fields = e.stuck_fields || 'role_id'::text
                WHERE e.institution_id = place.id AND e.role_id IS NOT NULL AND NOT 'role_id' = ANY (e.stuck_fields);
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;
        """#
}
