import EventLoop
import HTTPTypes
package import Postgres
import Tenancy
import WebServer

/// What handlers of one loop have of search.
///
/// Confined to that loop.
package final class SearchServices {
    /// `nil` where no index is configured.
    let index: SearchIndex?
    let sources: [SearchSource]

    /// Makes the services.
    ///
    /// - Parameters:
    ///   - pool: Connections of the loop to the index; `nil` where none is configured.
    ///   - sources: What is found.
    package init(pool: PostgresPool?, sources: [SearchSource]) {
        index = pool.map(SearchIndex.init)
        self.sources = sources
    }

    /// The answer where only the index could have given one.
    static let unavailable = WebError(
        .serviceUnavailable, code: "search_unavailable",
        message: "The search is not available at the moment: try again later.", retryAfter: 10)

    /// Asks the index; `nil` when it cannot answer: there is none, it is away, it is too slow, or it has nothing of the
    /// institution yet.
    func ask<Value>(
        _ body: (SearchIndex) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value? {
        guard let index else { return nil }
        do throws(PostgresError) {
            return try await body(index)
        } catch {
            switch error {
            case .connectionLost, .unavailable, .timeout: return nil
            case .server where SearchIndex.isUnknown(error) || Self.isAway(error): return nil
            case .server, .decoding, .encoding, .cancelled, .configuration: throw error
            }
        }
    }

    /// Connections, resources, intervention, the system: not the statement is to blame.
    private static func isAway(_ error: PostgresError) -> Bool {
        guard let state = error.state else { return false }
        return ["08", "53", "55", "57", "58"].contains(String(state.errorClass))
    }
}
