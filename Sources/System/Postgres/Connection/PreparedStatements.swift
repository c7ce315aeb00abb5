/// What one connection has prepared: by text, and by the types of the parameters where a text is used with
/// several.
struct PreparedStatements {
    /// One prepared statement of the server.
    struct Variant: Equatable {
        var sql: String
        var name: String
        var types: [UInt32]
    }

    private var bySQL: [String: [Variant]] = [:]
    /// Errors of statements that could not be prepared, until the flight that needed them is over.
    private var failures: [String: PostgresError.ServerError] = [:]
    private var count = 0
    private var named = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// A variant whose types fit the parameters; a null without a type fits any.
    func find(_ sql: String, _ slots: ArraySlice<ParameterBuffer.Slot>) -> Variant? {
        bySQL[sql]?.first { variant in
            variant.types.count == slots.count
                && zip(variant.types, slots).allSatisfy { $0 == $1.type || ($1.offset < 0 && $1.type == 0) }
        }
    }

    /// Names a new variant that the caller prepares now; `nil` when as many as allowed are prepared.
    mutating func add(_ sql: String, _ slots: ArraySlice<ParameterBuffer.Slot>) -> Variant? {
        guard count < limit else { return nil }
        named += 1
        count += 1
        let variant = Variant(sql: sql, name: "c\(named)", types: slots.map(\.type))
        bySQL[sql, default: []].append(variant)
        return variant
    }

    /// Drops a variant, so that the next use prepares it under another name.
    mutating func forget(_ variant: Variant) {
        guard let place = bySQL[variant.sql]?.firstIndex(of: variant) else { return }
        bySQL[variant.sql]?.remove(at: place)
        count -= 1
    }

    /// Notes that the server refused to prepare a variant.
    mutating func fail(_ variant: Variant, _ error: PostgresError.ServerError) {
        forget(variant)
        failures[variant.name] = error
    }

    /// Why a variant could not be prepared.
    func failure(of variant: Variant) -> PostgresError.ServerError? { failures[variant.name] }

    /// Forgets noted failures; called when nothing is in flight.
    mutating func clearFailures() {
        if !failures.isEmpty { failures = [:] }
    }
}
