import Content
import EventLoop
import Glibc
import Telemetry
import Tenancy
import WebClient
import WebServer

extension Server {
    /// Makes the storage that the settings ask for, and what files need besides.
    ///
    /// - Throws: ``ServerProblem`` for a folder that cannot be used.
    static func content(
        _ configuration: Configuration, secret: [UInt8], loop: EventLoop, disk: WorkLane
    ) throws(ServerProblem) -> ContentServices {
        let own = configuration.content
        let derived = Base64.encode(
            Digest.hmacSHA256(key: secret, Array("cohort content links 1".utf8)), .url)
        var storage: (any ContentStorage)?
        if let folder = own.folder {
            // What is in it is nobody's business but this server's and nginx's, which is in its group.
            guard mkdir(folder, 0o750) == 0 || errno == EEXIST, access(folder, W_OK | X_OK) == 0 else {
                throw .configuration(
                    .bad(
                        key: ConfigurationKeys.contentFolder.name, origin: folder,
                        reason: "cannot be used: \(String(cString: strerror(errno)))"))
            }
            if let store = own.store?.secret {
                let policy = OutgoingPolicy(allowedNetworks: configuration.outgoingNetworks)
                let fetcher = Fetcher(
                    loop: loop, tls: try outgoingTrust(configuration), policy: policy, concurrency: 64)
                storage = S3Storage(settings: store, fetcher: fetcher, lane: disk) { WallClock.milliseconds }
            } else {
                storage = DiskStorage(root: folder, lane: disk)
            }
        }
        return ContentServices(
            settings: own.settings, storage: storage, incoming: (own.folder ?? "") + "/incoming",
            linkSecret: own.linkSecret?.secret ?? derived, secret: secret)
    }
}
