extension SearchMigrations {
    /// The documents, a partition for each institution.
    ///
    /// By list, not by hash: an institution's words and trigrams are in indexes of its own, so that a word that is common
    /// elsewhere costs it nothing, and all of it goes with one `DROP TABLE`. A new partition is attached, which stops nobody.
    static let i0001Documents = #"""
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

        CREATE TABLE search_institutions (
            institution_id bigint PRIMARY KEY,
            -- What is shown; 0 while nothing is.
            generation bigint NOT NULL DEFAULT 0,
            -- What the shown generation was built with: sources, language, gaps.
            plan text NOT NULL DEFAULT '',
            -- The last version that was written.
            version bigint NOT NULL DEFAULT 0,
            languages text[] NOT NULL DEFAULT '{}',
            -- What is being built beside it, by whom, and how far it is.
            last_generation bigint NOT NULL DEFAULT 0,
            building bigint,
            building_key text,
            building_kind text NOT NULL DEFAULT '',
            building_after bigint NOT NULL DEFAULT 0
        );
        REVOKE ALL ON search_institutions FROM cohort_app;

        CREATE TABLE search_documents (
            institution_id bigint NOT NULL,
            generation bigint NOT NULL,
            kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,20}$'),
            id bigint NOT NULL,
            course_id bigint,
            owner_id bigint,
            published boolean NOT NULL,
            -- Whether it is for members only.
            restricted boolean NOT NULL,
            title text NOT NULL,
            body text NOT NULL,
            -- Where typos and parts of words are looked for.
            head text NOT NULL GENERATED ALWAYS AS (left(title || ' ' || body, 500)) STORED,
            language regconfig NOT NULL,
            words tsvector NOT NULL GENERATED ALWAYS AS (
                setweight(to_tsvector(language, title), 'A') || setweight(to_tsvector(language, body), 'B')) STORED,
            updated_at timestamptz NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (institution_id, generation, kind, id)
        ) PARTITION BY LIST (institution_id);
        REVOKE ALL ON search_documents FROM cohort_app;
        CREATE INDEX search_documents_words ON search_documents USING gin (words);
        CREATE INDEX search_documents_head ON search_documents USING gin (head gin_trgm_ops);
        CREATE INDEX search_documents_course ON search_documents (institution_id, course_id, kind);
        """#
}
