import Postgres

/// Every statement that the index gets: calls of its functions, each with the institution first.
enum IndexStatements {
    static let find: Statement = """
        SELECT kind, id, title, excerpt, relevance, is_guess FROM search_find($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """
    static let names: Statement = "SELECT id, is_guess FROM search_names($1, $2, $3, $4, $5, $6, $7, $8)"
    static let apply: Statement = """
        SELECT outcome, applied
        FROM search_apply($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """
    static let open: Statement = "SELECT search_open($1)"
    static let close: Statement = "SELECT search_close($1)"
    static let begin: Statement = "SELECT at_kind, after FROM search_begin($1, $2)"
    static let swap: Statement = "SELECT search_swap($1, $2, $3)"
    static let sweep: Statement = "SELECT search_sweep($1, $2)"
    static let known: Statement = "SELECT institution_id, generation, plan, building_key FROM search_known()"
    static let applied: Statement = "SELECT number FROM cohort_migrations"
}
