extension CourseMigrations {
    /// Modules and their items are ranked with room between them, so that who moves one moves no other.
    ///
    /// The columns keep their name; see `SparseOrder`.
    static let m0162SparseOrder = #"""
        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                UPDATE modules SET position = position << 40 WHERE institution_id = place.id;
                UPDATE module_items SET position = position << 40 WHERE institution_id = place.id;
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;
        """#
}
