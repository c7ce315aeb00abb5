extension CourseMigrations {
    /// Who follows a discussion, what entries are rated, and which class a discussion goes on from.
    static let m0117DiscussionRatings = #"""
        -- live_class_id is of a feature above this one, hence no foreign key.
        ALTER TABLE discussion_topics
            ADD COLUMN allow_rating boolean NOT NULL DEFAULT false,
            ADD COLUMN only_graders_can_rate boolean NOT NULL DEFAULT false,
            ADD COLUMN sort_by_rating boolean NOT NULL DEFAULT false,
            ADD COLUMN live_class_id bigint;
        GRANT UPDATE (allow_rating, only_graders_can_rate, sort_by_rating, live_class_id)
            ON discussion_topics TO cohort_app;

        -- Null where nobody has said: then who made the topic or has said something follows it.
        ALTER TABLE discussion_reads ADD COLUMN subscribed boolean;
        GRANT UPDATE (subscribed) ON discussion_reads TO cohort_app;

        CREATE TABLE discussion_ratings (
            institution_id bigint NOT NULL,
            topic_id bigint NOT NULL,
            entry_id bigint NOT NULL,
            user_id bigint NOT NULL,
            rating smallint NOT NULL CHECK (rating IN (0, 1)),
            PRIMARY KEY (institution_id, topic_id, entry_id, user_id),
            FOREIGN KEY (institution_id, topic_id) REFERENCES discussion_topics (institution_id, id),
            FOREIGN KEY (institution_id, entry_id) REFERENCES discussion_entries (institution_id, id),
            FOREIGN KEY (institution_id, user_id) REFERENCES users (institution_id, id)
        );
        REVOKE ALL ON discussion_ratings FROM cohort_app;
        CREATE INDEX discussion_ratings_by_user ON discussion_ratings (institution_id, user_id);
        ALTER TABLE discussion_ratings ENABLE ROW LEVEL SECURITY;
        ALTER TABLE discussion_ratings FORCE ROW LEVEL SECURITY;
        CREATE POLICY discussion_ratings_tenant ON discussion_ratings
            USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
        GRANT SELECT, INSERT, DELETE ON discussion_ratings TO cohort_app;
        GRANT UPDATE (rating) ON discussion_ratings TO cohort_app;
        """#
}
