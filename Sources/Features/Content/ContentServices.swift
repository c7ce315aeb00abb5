import Synchronization
import Tenancy
package import WebServer

/// What files need of a whole process: one per process, handed to every loop's context.
package final class ContentServices: Sendable {
    /// What an operator decides.
    package struct Settings: Sendable {
        /// The largest file in bytes.
        package var largestFile = 2 << 30
        /// What a course's files may have in bytes, where no quota of its own is set.
        package var courseQuota: Int64 = 2 << 30
        /// What a user's own files may have in bytes.
        package var userQuota: Int64 = 100 << 20
        /// What all files of an institution may have in bytes; 0 for as much as there is room.
        package var institutionQuota: Int64 = 0
        /// Whether files wait for a scan before others see them; institutions may decide otherwise where this is so.
        package var requiresScan = true
        /// Where links to content begin, when an edge serves them; empty for the address that the client has used.
        package var edge = ""
        /// Uploads under way at a time.
        package var uploads = 256

        package init() {}
    }

    package let settings: Settings
    /// Where content is kept; `nil` where nobody has said it.
    package let storage: (any ContentStorage)?
    /// The folder where uploads arrive.
    let incoming: String
    let links: LinkSigner
    let ticketKey: UploadTicket.Key
    private let uploading = Atomic<Int>(0)

    /// Makes the services.
    ///
    /// - Parameters:
    ///   - settings: What an operator decides.
    ///   - storage: Where content is kept.
    ///   - incoming: The folder where uploads arrive, best on the storage's own disk.
    ///   - linkSecret: Signs links; stands in nginx's configuration, too.
    ///   - secret: At least 32 bytes, the same on every node; upload tickets are signed with a key derived from it.
    package init(
        settings: Settings, storage: (any ContentStorage)?, incoming: String, linkSecret: String,
        secret: [UInt8]
    ) {
        self.settings = settings
        self.storage = storage
        self.incoming = incoming
        links = LinkSigner(secret: linkSecret)
        ticketKey = UploadTicket.Key(secret: secret)
    }

    /// Gives a loop's handlers what they ask for; called once per loop, before it serves.
    package func provide(to context: WebContext) { context.provide(self) }

    /// Admits an upload, if there are not too many.
    func beginUpload() -> Bool {
        guard uploading.add(1, ordering: .relaxed).newValue > settings.uploads else { return true }
        endUpload()
        return false
    }

    func endUpload() { uploading.subtract(1, ordering: .relaxed) }

    /// Where links begin for a request.
    func base(for request: WebRequest) -> String {
        settings.edge.isEmpty ? ContentServices.address(of: request) : settings.edge
    }

    /// Scheme and host that the client has used.
    static func address(of request: WebRequest) -> String {
        request.base
    }
}

extension Call {
    /// The node's files.
    var content: ContentServices { context.service(ContentServices.self) }
}
