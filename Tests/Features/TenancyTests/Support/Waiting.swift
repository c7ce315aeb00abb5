import HTTPTypes
import Synchronization
import Testing

@testable import Tenancy

extension School {
    /// Comes back when something is so; gives up after a minute.
    func wait(until isSo: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while try await !isSo() {
            guard clock.now < end else {
                Issue.record("it never came to be so")
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

extension CredentialCache {
    /// As if ``lifetime`` had passed.
    func forgetAll() { entries = .init(bound: 100) }
}

/// Users whose credentials were withdrawn.
final class Revoked: Sendable {
    private let noted = Mutex<[Int64]>([])
    var users: [Int64] { noted.withLock { $0 } }
    func note(_ user: Int64) { noted.withLock { $0.append(user) } }
}

extension Answer {
    /// The `Link` field.
    var link: String? { headers.first { $0.name.canonicalName == "link" }?.value }
}
