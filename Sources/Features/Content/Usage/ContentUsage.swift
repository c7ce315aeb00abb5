import Postgres
import Tenancy
import WebServer

/// Counts what is stored, within the transaction that stores or removes it.
///
/// The context's row is charged first and the institution's last, always in this order: two uploads wait for each other
/// and never in a circle.
struct ContentUsage {
    let transaction: PostgresTransaction
    let institution: InstitutionID
    let settings: ContentServices.Settings

    /// Adds bytes, or takes them away when there are fewer than none.
    ///
    /// - Throws: 400 (`quota_exceeded`) when a quota does not allow it.
    func charge(_ bytes: Int64, _ context: FileContext) async throws {
        guard bytes != 0 else { return }
        let tenant = PostgresValue.int(institution.rawValue)
        try await transaction.query(UsageQueries.open, [tenant, .int(context.course), .int(context.user)])
        let place: UsageQueries.Place = context.course == nil ? .user : .course
        let quota = context.course == nil ? settings.userQuota : settings.courseQuota
        try await charge(place, .int(context.id), bytes, quota)
        try await transaction.query(UsageQueries.open, [tenant, .int(nil), .int(nil)])
        do {
            try await charge(.institution, .int(nil), bytes, settings.institutionQuota)
        } catch let error as WebError {
            // Who goes on in the same transaction has charged nothing.
            try await charge(place, .int(context.id), -bytes, quota)
            throw error
        }
    }

    /// Adds bytes where the quotas allow it; else nothing is added.
    func mayCharge(_ bytes: Int64, _ context: FileContext) async throws -> Bool {
        do {
            try await charge(bytes, context)
            return true
        } catch let error as WebError where error.code == ContentUsage.exceeded.code {
            return false
        }
    }

    /// Bytes that may still be added; `nil` without a limit.
    func room(_ context: FileContext) async throws -> Int64? {
        let own = try await room(
            course: context.course, user: context.user,
            quota: context.course == nil ? settings.userQuota : settings.courseQuota)
        let all = try await room(course: nil, user: nil, quota: settings.institutionQuota)
        return [own, all].compactMap(\.self).min().map { max(0, $0) }
    }

    private func room(course: Int64?, user: Int64?, quota: Int64) async throws -> Int64? {
        let row = try await transaction.query(
            UsageQueries.show, [.int(institution.rawValue), .int(course), .int(user)]
        ).first
        let limit = try row?.intOrNil(1) ?? (quota == 0 ? nil : quota)
        let used = try row?.int(0) ?? 0
        return limit.map { $0 - used }
    }

    private func charge(
        _ place: UsageQueries.Place, _ id: PostgresValue, _ bytes: Int64, _ quota: Int64
    ) async throws {
        let rows = try await transaction.query(
            UsageQueries.charge(place), [.int(institution.rawValue), id, .int(bytes), .int(quota)])
        guard !rows.isEmpty else { throw ContentUsage.exceeded }
    }

    static var exceeded: WebError {
        .badRequest("The file is larger than what the quota leaves.", code: "quota_exceeded", field: "size")
    }
}
