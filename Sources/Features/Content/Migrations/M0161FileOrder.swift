extension ContentMigrations {
    /// Lists of files by their names, which is how they are shown.
    static let m0161FileOrder = #"""
        CREATE INDEX files_of_course_by_name ON files (institution_id, course_id, lower(display_name), id)
            WHERE course_id IS NOT NULL AND workflow_state = 'available';
        CREATE INDEX files_of_user_by_name ON files (institution_id, user_id, lower(display_name), id)
            WHERE user_id IS NOT NULL AND workflow_state = 'available';
        CREATE INDEX files_of_folder_by_name ON files (institution_id, folder_id, lower(display_name), id)
            WHERE workflow_state = 'available';
        """#
}
