package import Postgres

/// The SQL of several databases; each says which of them it is for.
package enum ShardQueries {
    /// Home: the shard of the institution `$1`; no row for one that lives at home, or nowhere.
    package static let lookup: Statement = """
        SELECT shard::bigint FROM institution_shards WHERE institution_id = $1
        """

    /// Home: the whole routing table.
    static let table: Statement = "SELECT institution_id, shard::bigint, host FROM institution_shards"

    /// Home: $1 institution, $2 shard.
    static let place: Statement = "SELECT tenancy_place_institution($1, $2::bigint::integer)::text"

    /// Any: its number, and the last migration whose sequences are its own; no row at a home without shards.
    package static let identity: Statement = """
        SELECT shard::bigint, prepared::bigint FROM shard_identity
        """

    /// Home: $1 logins, $2 shard.
    static let claim: Statement = """
        SELECT person_id, login, claim FROM tenancy_claim_people($1, $2::bigint::integer) ORDER BY place
        """

    /// A shard: $1 ids, $2 logins, $3 claims; gives the ids whose claims are too old.
    static let mirror: Statement = "SELECT r FROM tenancy_mirror_people($1, $2, $3) AS r"

    /// Home: $1 person.
    static let ofPerson: Statement = "SELECT s FROM tenancy_shards_of_person($1) AS s"

    /// Home: $1 person.
    static let resetPlaces: Statement = """
        SELECT login, password_hash, shards, is_home FROM tenancy_reset_places($1)
        """

    /// Home: $1 shard, $2 one person, or null for those whose time has come.
    static let dueEnds: Statement = """
        SELECT person_id, ends_for, ends_for::jsonb ->> 'remote', ends_for::jsonb ->> 'request',
            ends_for::jsonb ->> 'hash'
        FROM tenancy_due_ends($1::bigint::integer, $2)
        """

    /// Home: $1 shard, $2 person, $3 what was read of it.
    static let didEnd: Statement = "SELECT tenancy_did_end($1::bigint::integer, $2, $3)::text"

    /// A shard: who has left it since home last heard.
    static let dueDepartures: Statement = "SELECT d FROM tenancy_due_departures() AS d"

    /// Home: $1 shard, $2 people whom the shard has named.
    static let claimsInDoubt: Statement = """
        SELECT person_id, claim FROM tenancy_claims_in_doubt($1::bigint::integer, $2)
        """

    /// A shard: $1 person, $2 claim.
    static let closeDeparture: Statement = "SELECT tenancy_close_departure($1, $2)"

    /// Home: $1 person, $2 shard, $3 claim, $4 whether they have left it.
    static let settleDeparture: Statement = """
        SELECT tenancy_settle_departure($1, $2::bigint::integer, $3, $4)::text
        """

    /// A shard: $1 people.
    static let didDepart: Statement = "SELECT tenancy_did_depart($1)::text"

    /// A shard: $1 person, $2 address, $3 request, $4 the password that was set.
    static let end: Statement = "SELECT institution_id, user_id FROM tenancy_end_person($1, $2, $3, $4)"
}
