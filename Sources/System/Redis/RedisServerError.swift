/// An error reply, read by its first word.
package enum RedisServerError: Error, Equatable, Sendable {
    /// The server reads its data from disk; it takes commands later.
    case loading
    /// A replica lost its master and may not answer with old data.
    case masterDown
    /// A write came to a replica: the master is elsewhere by now.
    case readOnly
    /// The slot belongs to another node, for good; an empty host means the host that replied.
    case moved(slot: Int, to: RedisEndpoint)
    /// The slot is on its way to another node; this command alone goes there, behind `ASKING`.
    case ask(slot: Int, to: RedisEndpoint)
    /// The cluster does not serve the slot, or not enough masters see one another.
    case clusterDown
    /// Keys of a command are spread over two nodes while their slot moves.
    case tryAgain
    /// Keys of a command belong to different slots.
    case crossSlot
    /// The command would need more memory than the server may use.
    case outOfMemory
    /// The connection has not said who it is.
    case noAuthentication
    /// User or password are wrong, or the user is disabled.
    case wrongPassword
    /// The user may not run the command, or not on this key or channel.
    case noPermission(String)
    /// The server does not have the script.
    case noScript
    /// The key holds a value of another type.
    case wrongType
    /// A script or a function runs and runs.
    case busy
    /// Too few replicas took part.
    case noReplicas
    /// The protocol that was asked for is not spoken.
    case noProtocol
    /// Anything else: the first word when it is in capitals, and the rest.
    case other(code: String, message: String)
}

extension RedisServerError {
    /// Reads an error's line, without the type byte.
    package init(line: String) {
        let space = line.firstIndex(of: " ") ?? line.endIndex
        let code = String(line[..<space])
        let message = space == line.endIndex ? "" : String(line[line.index(after: space)...])
        switch code {
        case "LOADING": self = .loading
        case "MASTERDOWN": self = .masterDown
        case "READONLY": self = .readOnly
        case "CLUSTERDOWN": self = .clusterDown
        case "TRYAGAIN": self = .tryAgain
        case "CROSSSLOT": self = .crossSlot
        case "OOM": self = .outOfMemory
        case "NOAUTH": self = .noAuthentication
        case "WRONGPASS": self = .wrongPassword
        case "NOPERM": self = .noPermission(message)
        case "NOSCRIPT": self = .noScript
        case "WRONGTYPE": self = .wrongType
        case "BUSY": self = .busy
        case "NOREPLICAS": self = .noReplicas
        case "NOPROTO": self = .noProtocol
        case "MOVED", "ASK":
            let parts = message.split(separator: " ")
            guard parts.count == 2, let slot = Int(parts[0]), (0..<KeySlot.count).contains(slot),
                let endpoint = RedisEndpoint(redirection: parts[1])
            else {
                self = .other(code: code, message: message)
                return
            }
            self = code == "MOVED" ? .moved(slot: slot, to: endpoint) : .ask(slot: slot, to: endpoint)
        default:
            let isCode = !code.isEmpty && code.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 }
            self = .other(code: isCode ? code : "ERR", message: isCode ? message : line)
        }
    }

    /// What an error means for the connection that it came over.
    package enum Consequence: Equatable, Sendable {
        /// Nothing: the command failed and the next may not.
        case none
        /// The server is not ready: the connection closes and is made again after a growing pause.
        case comeBackLater
        /// This is not the master any more: what is in flight is answered, then the address is looked up again.
        case findMaster
        /// Credentials or rights are wrong, which trying again soon does not change.
        case comeBackSlowly
        /// The map of slots is old.
        case learnSlots
    }

    /// What the error means for the connection.
    package var consequence: Consequence {
        switch self {
        case .loading, .masterDown: .comeBackLater
        case .readOnly: .findMaster
        case .noAuthentication, .wrongPassword, .noProtocol: .comeBackSlowly
        case .moved, .clusterDown: .learnSlots
        case .ask, .tryAgain, .crossSlot, .outOfMemory, .noPermission, .noScript, .wrongType, .busy,
            .noReplicas,
            .other:
            .none
        }
    }

    /// The word that counters and logs name it by.
    package var code: String {
        switch self {
        case .loading: "LOADING"
        case .masterDown: "MASTERDOWN"
        case .readOnly: "READONLY"
        case .moved: "MOVED"
        case .ask: "ASK"
        case .clusterDown: "CLUSTERDOWN"
        case .tryAgain: "TRYAGAIN"
        case .crossSlot: "CROSSSLOT"
        case .outOfMemory: "OOM"
        case .noAuthentication: "NOAUTH"
        case .wrongPassword: "WRONGPASS"
        case .noPermission: "NOPERM"
        case .noScript: "NOSCRIPT"
        case .wrongType: "WRONGTYPE"
        case .busy: "BUSY"
        case .noReplicas: "NOREPLICAS"
        case .noProtocol: "NOPROTO"
        case .other(let code, _): code
        }
    }
}
