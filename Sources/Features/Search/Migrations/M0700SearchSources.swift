extension SearchMigrations {
    /// Watches people, courses, and what is in them.
    ///
    /// A topic is an announcement or a discussion for good; both are looked up, and the one that it is not is not found.
    static let m0700SearchSources = #"""
        SELECT search_watch('users', 'user', '{name,short_name,workflow_state}');
        SELECT search_watch(
            'courses', 'course', '{name,course_code,workflow_state,is_public,self_enrollment,locale}');

        SELECT search_watch('pages', 'page', '{course_id,title,body,workflow_state}');
        SELECT search_watch('discussion_topics', 'announcement', '{course_id,title,message,workflow_state}');
        SELECT search_watch('discussion_topics', 'discussion', '{course_id,title,message,workflow_state}');
        SELECT search_watch('files', 'file', '{course_id,owner_id,display_name,workflow_state,hidden}');

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
