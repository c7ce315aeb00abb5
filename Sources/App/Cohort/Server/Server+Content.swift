import Content
import EventLoop
import Glibc
import Privacy
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
        let storage = try storage(configuration, loop: loop, disk: disk)
        return ContentServices(
            settings: own.settings, storage: storage, incoming: (own.folder ?? "") + "/incoming",
            linkSecret: own.linkSecret?.secret ?? derived, secret: secret)
    }

    /// Makes the storage that the settings ask for; `nil` where they name no folder.
    ///
    /// - Throws: ``ServerProblem`` for a folder that cannot be used.
    private static func storage(
        _ configuration: Configuration, loop: EventLoop, disk: WorkLane
    ) throws(ServerProblem) -> (any ContentStorage)? {
        guard let folder = configuration.content.folder else { return nil }
        // What is in it is nobody's business but this server's and nginx's, which is in its group.
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST, access(folder, W_OK | X_OK) == 0 else {
            throw .configuration(
                .bad(
                    key: ConfigurationKeys.contentFolder.name, origin: folder,
                    reason: "cannot be used: \(String(cString: strerror(errno)))"))
        }
        guard let store = configuration.content.store?.secret else {
            return DiskStorage(root: folder, lane: disk)
        }
        let policy = OutgoingPolicy(allowedNetworks: configuration.outgoingNetworks)
        let fetcher = Fetcher(
            loop: loop, tls: try outgoingTrust(configuration), policy: policy, concurrency: 64)
        return S3Storage(settings: store, fetcher: fetcher, lane: disk) { WallClock.milliseconds }
    }

    /// Where jobs make exports, in a lane of their own; `nil` where there is no place for files.
    ///
    /// - Throws: ``ServerProblem`` for a folder that cannot be used.
    static func exportPlace(_ configuration: Configuration, loop: EventLoop) throws(ServerProblem)
        -> ExportPlace?
    {
        let lane = WorkLane(label: "exports", width: 1, backlog: 256)
        guard let storage = try storage(configuration, loop: loop, disk: lane),
            let folder = configuration.content.folder
        else { return nil }
        let incoming = folder + "/incoming"
        guard mkdir(incoming, 0o750) == 0 || errno == EEXIST else {
            throw .configuration(
                .bad(
                    key: ConfigurationKeys.contentFolder.name, origin: folder,
                    reason: "cannot be used: \(String(cString: strerror(errno)))"))
        }
        return ExportPlace(storage: storage, folder: incoming, lane: lane)
    }
}
