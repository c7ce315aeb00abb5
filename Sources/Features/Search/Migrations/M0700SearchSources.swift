extension SearchMigrations {
    /// Watches people and courses.
    static let m0700SearchSources = #"""
        SELECT search_watch('users', 'user', '{name,short_name,workflow_state}');
        SELECT search_watch(
            'courses', 'course', '{name,course_code,workflow_state,is_public,self_enrollment,locale}');

        -- Another language: everything in the course is read again.
        CREATE FUNCTION search_note_contents() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            INSERT INTO search_outbox (institution_id, kind, id) VALUES (NEW.institution_id, 'contents', NEW.id);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER search_note_contents AFTER UPDATE OF locale ON courses
            FOR EACH ROW WHEN (OLD.locale IS DISTINCT FROM NEW.locale) EXECUTE FUNCTION search_note_contents();
        """#
}
