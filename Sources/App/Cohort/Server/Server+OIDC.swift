import EventLoop
import Telemetry
import Tenancy
import WebClient

extension Server {
    /// What asks the providers by which institutions let people in.
    ///
    /// A class may sign in within a minute: more fetches at a time than keys need.
    /// - Throws: ``ServerProblem`` for authorities that cannot be read.
    static func oidc(_ configuration: Configuration, loop: EventLoop) throws(ServerProblem) -> OIDCServices {
        let fetcher = Fetcher(
            loop: loop, tls: try outgoingTrust(configuration),
            policy: OutgoingPolicy(allowedNetworks: configuration.outgoingNetworks), concurrency: 128)
        return OIDCServices(
            directory: ProviderDirectory(fetcher: fetcher, loop: loop, logger: Log.logger("oidc")),
            address: configuration.publicURL)
    }
}
