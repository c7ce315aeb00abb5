import JSON
import Postgres
import Tenancy
import WebServer

/// How long an institution keeps what, for those who administer it.
enum RetentionRoutes {
    /// `GET /api/v1/accounts/:account_id/retention`.
    static func show(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard account.isRoot else { throw WebError.forbidden }
        let settings = try RetentionSettings(try await call.query(RetentionQueries.show).first)
        return .json { settings.write(&$0) }
    }

    /// `PUT /api/v1/accounts/:account_id/retention`, with `retention[…_days]`: numbers, or null for the standard.
    static func update(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard account.isRoot else { throw WebError.forbidden }
        let fields = try call.request.fields().unwrapped("retention")
        return try await call.commit { transaction in
            try await transaction.query(RetentionQueries.lock, [call.tenant])
            var settings = try RetentionSettings(
                try await transaction.query(RetentionQueries.show, [call.tenant]).first)
            let changed = try settings.change(fields)
            try await transaction.query(RetentionQueries.set, [call.tenant] + settings.values)
            if !changed.isEmpty {
                let details = changed.map { ($0.rawValue, AuditEvent.Detail.number(settings.value($0))) }
                try await AuditLog.record(
                    AuditEvent(
                        .retentionChanged, by: call.origin,
                        details: Dictionary(uniqueKeysWithValues: details)),
                    in: call.institution, transaction)
            }
            return .json { settings.write(&$0) }
        }
    }
}

extension AuditKind {
    /// How long something is kept was changed; the details have the days that hold now.
    static let retentionChanged = AuditKind(rawValue: "retention.changed")
}
