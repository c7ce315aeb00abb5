import EventLoop
import Foundation
import Sockets
import Telemetry
import Tenancy
import WebClient

extension Server {
    /// Makes the live tokens' keys: our own secret, a file of published keys, and an issuer that is asked for its keys.
    ///
    /// An issuer that cannot be reached does not keep the server from starting: it is asked again.
    /// - Throws: ``ServerProblem`` for settings that cannot be used.
    static func liveTokens(
        _ configuration: Configuration, secret: [UInt8], loop: EventLoop
    ) async throws -> LiveTokens {
        var keySet: String?
        if let path = configuration.tokenKeySet {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw ServerProblem.configuration(
                    .bad(key: "token.key-set", origin: path, reason: "names a file that cannot be read"))
            }
            keySet = text
        }
        let issuerKeys = try issuerKeys(configuration, loop: loop)
        let tokens: LiveTokens
        do {
            tokens = try await LiveTokens(
                secret: secret, keySet: keySet, issuerKeys: issuerKeys,
                audience: configuration.tokenAudience, issuer: configuration.tokenIssuer)
        } catch LiveTokenError.keySet {
            throw ServerProblem.configuration(
                .bad(
                    key: "token.key-set", origin: configuration.tokenKeySet ?? "",
                    reason: "must hold public keys with kid, of the kinds EdDSA, ES256 and RS256 only"))
        }
        await issuerKeys?.start()
        return tokens
    }

    private static func issuerKeys(
        _ configuration: Configuration, loop: EventLoop
    ) throws(ServerProblem) -> IssuerKeys? {
        guard let url = configuration.tokenKeySetURL else { return nil }
        let policy = OutgoingPolicy(allowedNetworks: configuration.outgoingNetworks)
        let fetcher = Fetcher(loop: loop, tls: try outgoingTrust(configuration), policy: policy)
        return IssuerKeys(url: url, fetcher: fetcher, loop: loop, logger: Log.logger("tokens"))
    }

    /// What connections that this node opens trust, an issuer's and Redis'.
    static func outgoingTrust(_ configuration: Configuration) throws(ServerProblem) -> TLSContext {
        let path = configuration.outgoingAuthorities
        do throws(TLSFailure) {
            return try TLSContext.client(trusting: path.map { .file($0) } ?? .system)
        } catch {
            throw .configuration(
                .bad(
                    key: ConfigurationKeys.outgoingAuthorities.name, origin: path ?? "the system",
                    reason: "cannot be used: \(error)"))
        }
    }
}
