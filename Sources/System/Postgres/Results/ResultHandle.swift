import CLibPQ

/// One result of libpq, cleared exactly once.
struct ResultHandle: ~Copyable {
    let raw: OpaquePointer

    /// Takes over `raw`; nobody else may clear it.
    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { PQclear(raw) }

    var status: ExecStatusType { PQresultStatus(raw) }

    /// A field of the error report; `nil` when the report lacks it.
    func errorField(_ code: UInt8) -> String? {
        PQresultErrorField(raw, CInt(code)).map { String(cString: $0) }
    }

    /// The error report as a value.
    func serverError(statement: Int?) -> PostgresError.ServerError {
        PostgresError.ServerError(
            state: SQLState(rawValue: errorField(UInt8(ascii: "C")) ?? "XX000"),
            message: errorField(UInt8(ascii: "M")) ?? String(cString: PQresultErrorMessage(raw)),
            detail: errorField(UInt8(ascii: "D")), constraint: errorField(UInt8(ascii: "n")),
            table: errorField(UInt8(ascii: "t")), column: errorField(UInt8(ascii: "c")), statement: statement)
    }

    /// Whether the server ends the connection with this error (severity `FATAL` or `PANIC`).
    var endsConnection: Bool {
        let severity = errorField(UInt8(ascii: "V"))
        return severity == "FATAL" || severity == "PANIC" || severity == nil
    }
}
