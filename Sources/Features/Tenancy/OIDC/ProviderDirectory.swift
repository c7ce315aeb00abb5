package import EventLoop
import HTTPTypes
package import Logging
import Synchronization
package import WebClient

/// What providers publish, fetched once and kept for an hour: their metadata and their keys.
///
/// Any task may use it. However many people sign in, one fetch is under way for each issuer. At most ``mostIssuers`` are
/// remembered; at the bound those that were not used for longest are asked again.
package final class ProviderDirectory: Sendable {
    static let mostIssuers = 200
    private static let lifetime: Duration = .seconds(3600)
    private static let largestDocument = 256 << 10
    private static let fetchLimit: Duration = .seconds(5)

    private struct Known {
        let metadata: ProviderMetadata
        let keys: IssuerKeys
        let until: ContinuousClock.Instant
    }

    private struct State {
        var known = BoundedCache<String, Known>(bound: mostIssuers)
        var underWay: [String: Task<Result<Known, OIDCProblem>, Never>] = [:]
    }

    let fetcher: Fetcher
    let allowsPlainHTTP: Bool
    private let loop: EventLoop
    private let logger: Logger
    private let state = Mutex(State())

    /// Makes a directory that knows nobody yet.
    ///
    /// - Parameters:
    ///   - fetcher: What fetches, with its guard.
    ///   - loop: Where the timers of keys live.
    ///   - logger: Where failures are told.
    ///   - allowsPlainHTTP: Whether `http` will do: for tests, whose providers have no certificate.
    package init(fetcher: Fetcher, loop: EventLoop, logger: Logger, allowsPlainHTTP: Bool = false) {
        self.fetcher = fetcher
        self.loop = loop
        self.logger = logger
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// Metadata and keys of an issuer.
    func find(_ issuer: String) async throws(OIDCProblem) -> (ProviderMetadata, IssuerKeys) {
        let now = ContinuousClock.now
        let (found, task) = state.withLock { state -> (Known?, Task<Result<Known, OIDCProblem>, Never>?) in
            if let known = state.known[issuer], now < known.until { return (known, nil) }
            if let task = state.underWay[issuer] { return (nil, task) }
            let task = Task { await self.fetch(issuer) }
            state.underWay[issuer] = task
            return (nil, task)
        }
        if let found { return (found.metadata, found.keys) }
        guard let known = try await task?.value.get() else { throw .unavailable }
        return (known.metadata, known.keys)
    }

    private func fetch(_ issuer: String) async -> Result<Known, OIDCProblem> {
        let result: Result<Known, OIDCProblem>
        do throws(OIDCProblem) {
            result = .success(try await read(issuer))
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            state.underWay[issuer] = nil
            if case .success(let known) = result { state.known[issuer] = known }
        }
        return result
    }

    private func read(_ issuer: String) async throws(OIDCProblem) -> Known {
        let url = try ProviderMetadata.address(of: issuer, allowsPlainHTTP: allowsPlainHTTP)
        let request = OutgoingRequest(
            .get, url, fields: [.accept: "application/json"],
            limits: .init(body: Self.largestDocument, time: Self.fetchLimit), allowsPlainHTTP: allowsPlainHTTP
        )
        let response: OutgoingResponse
        do throws(FetchError) {
            response = try await fetcher.fetch(request)
        } catch {
            logger.warning(
                "a provider of sign-ins cannot be asked", metadata: ["url": "\(url)", "reason": "\(error)"])
            throw .unavailable
        }
        guard response.status == .ok else { throw .unavailable }
        let metadata = try ProviderMetadata(response.body, of: issuer, allowsPlainHTTP: allowsPlainHTTP)
        let keys = IssuerKeys(
            url: metadata.keySet, fetcher: fetcher, loop: loop, logger: logger,
            allowsPlainHTTP: allowsPlainHTTP)
        return Known(metadata: metadata, keys: keys, until: .now + Self.lifetime)
    }
}
