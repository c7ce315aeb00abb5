import Postgres

/// The directory's SQL.
enum DirectoryQueries {
    static let createInstitution: Statement = """
        INSERT INTO institutions (name, accent) VALUES ($1, $2) RETURNING id
        """

    static let institution: Statement = "SELECT id, name, accent FROM institutions WHERE id = $1"

    static let institutions: Statement = "SELECT id, name, accent FROM institutions ORDER BY name, id"

    /// At home, which knows the host names of all databases.
    static let hosts: Statement = """
        SELECT host, id FROM institutions WHERE host IS NOT NULL
        UNION ALL SELECT host, institution_id FROM institution_shards WHERE host IS NOT NULL
        """

    /// $1 institution, $2 state.
    static let setState: Statement = "SELECT * FROM tenancy_set_institution_state($1, $2)"

    /// $1 institution, $2 host or null.
    static let setHost: Statement = "SELECT * FROM tenancy_set_institution_host($1, $2)"

    /// $1 name of the chosen institution.
    static let rename: Statement = "SELECT tenancy_rename_institution($1)::text"

    /// What operators see of institutions.
    static let overview: Statement = """
        SELECT id, name, host, workflow_state FROM institutions ORDER BY name, id
        """

    static let createPeople: Statement = """
        SELECT person_id FROM tenancy_create_people($1) ORDER BY place
        """

    /// $1 users of the chosen institution, $2 the stored forms of their passwords there, null for none.
    static let givePasswords: Statement = "SELECT tenancy_give_passwords($1, $2)::text"

    /// $1 a login: person, institution and password of each of its users.
    static let signIn: Statement = """
        SELECT person_id, institution_id, password_hash FROM tenancy_sign_in($1)
        """

    /// $1 person, $2 the stored forms of what is one password.
    static let joinPasswords: Statement = "SELECT tenancy_join_passwords($1, $2)::text"

    /// $1 person: the stored form of their password in the chosen institution.
    static let ownPassword: Statement = "SELECT tenancy_own_password($1)"

    /// $1 person, $2 the stored form: the institutions of this database where it is that very one.
    static let passwordPlaces: Statement = "SELECT institution_id FROM tenancy_password_places($1, $2)"

    static let personByLogin: Statement = """
        SELECT person_id, login FROM tenancy_person_by_login($1)
        """

    static let usersOfPerson: Statement = """
        SELECT institution_id, institution_name, accent, user_id, user_name, login, roles
        FROM tenancy_users_of_person($1)
        """

    /// $1 institution, $2 people, $3 names, $4 sortable names, $5 roles as `admin,student`.
    static let createUsers: Statement = """
        WITH given AS (
            SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[])
                WITH ORDINALITY AS g (person_id, name, sortable_name, roles, place)
        ), added AS (
            INSERT INTO users (institution_id, person_id, name, sortable_name, short_name)
            SELECT $1, person_id, name, sortable_name, name FROM given ORDER BY place
            RETURNING id, person_id
        ), granted AS (
            INSERT INTO user_roles (institution_id, user_id, role)
            SELECT $1, added.id, role
            FROM added JOIN given USING (person_id), unnest(string_to_array(given.roles, ',')) AS role
        )
        SELECT added.id, added.person_id FROM added JOIN given USING (person_id) ORDER BY given.place
        """

    /// $1 institution, $2 ids.
    static let users: Statement = """
        SELECT u.id, u.person_id, u.name, u.sortable_name, u.short_name,
            ARRAY(SELECT r.role FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id)
        FROM users u
        WHERE u.institution_id = $1 AND u.id = ANY ($2) AND u.workflow_state <> 'deleted'
        """

    /// $1 institution, $2 person.
    static let userOfPerson: Statement = """
        SELECT u.id, u.person_id, u.name, u.sortable_name, u.short_name,
            ARRAY(SELECT r.role FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id)
        FROM users u
        WHERE u.institution_id = $1 AND u.person_id = $2 AND u.workflow_state <> 'deleted'
        """

    /// $1 institution, $2 ids.
    static let names: Statement = "SELECT id, name FROM users WHERE institution_id = $1 AND id = ANY ($2)"

    /// $1 institution, $2 parent, $3 child.
    static let link: Statement = """
        INSERT INTO observer_links (institution_id, parent_id, child_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
        """

    /// $1 institution, $2 parent, $3 child.
    static let unlink: Statement = """
        DELETE FROM observer_links WHERE institution_id = $1 AND parent_id = $2 AND child_id = $3
        """

    /// $1 institution, $2 parent.
    static let children: Statement = """
        SELECT child_id FROM observer_links WHERE institution_id = $1 AND parent_id = $2 ORDER BY child_id
        """

    /// $1 institution, $2 child.
    static let parents: Statement = """
        SELECT parent_id FROM observer_links WHERE institution_id = $1 AND child_id = $2 ORDER BY parent_id
        """

    /// $1 institution, $2 users, $3 hashes, $4 purpose, $5 end or null.
    static let createTokens: Statement = """
        INSERT INTO access_tokens (institution_id, user_id, token_hash, purpose, expires_at)
        SELECT $1, user_id, token_hash, $4, $5::timestamptz
        FROM unnest($2::bigint[], $3::bytea[]) AS given (user_id, token_hash)
        """
}
