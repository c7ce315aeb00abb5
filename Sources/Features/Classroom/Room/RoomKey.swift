import Postgres

/// Names one live class in the whole deployment.
struct RoomKey: Hashable, Sendable {
    let institution: TenantID
    let id: Int64
}
