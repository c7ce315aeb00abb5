import JSON
package import Postgres
package import WebServer

/// Something that the audit log is to say, before it is written.
package struct AuditEvent: Hashable, Sendable {
    /// One detail: an id, a number or a word of the program's own; never what somebody wrote.
    package enum Detail: Hashable, Sendable {
        /// An id or a count.
        case number(Int64)
        /// 1 to 64 of letters, digits, `_`, `-` and `.`.
        case word(String)
    }

    /// What happened.
    package let kind: AuditKind
    /// Who did it, and from where.
    package let origin: AuditOrigin
    /// The user to whom it happened; `nil` for what is about no user.
    package let subject: Int64?
    /// What else is known, by name.
    package let details: [String: Detail]

    /// Describes an event; traps for a word that is none, so that no secret and nobody's text can slip in.
    package init(
        _ kind: AuditKind, by origin: AuditOrigin, subject: Int64? = nil, details: [String: Detail] = [:]
    ) {
        for case .word(let word) in details.values {
            precondition(AuditEvent.isWord(word), "a detail of \(kind.rawValue) is no word")
        }
        self.kind = kind
        self.origin = origin
        self.subject = subject
        self.details = details
    }

    private static func isWord(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}

/// Who asks for what is noted: a user, an address, a request.
package struct AuditOrigin: Hashable, Sendable {
    /// The user; `nil` for nobody of the institution.
    package var actor: Int64?
    /// The client's address; `nil` for the operator's commands.
    package let address: String?
    /// The request's id, as the server's log has it.
    package let request: String?

    /// The operator's commands.
    package static let system = AuditOrigin(actor: nil, address: nil, request: nil)

    private init(actor: Int64?, address: String?, request: String?) {
        self.actor = actor
        self.address = address
        self.request = request
    }

    /// A request's origin, with another user than the one it came with where that is given: a sign-in comes with none.
    package init(_ request: WebRequest, actor: Int64? = nil) {
        self.init(
            actor: actor ?? request.principal?.user,
            address: request.remote.isEmpty ? nil : String(request.remote.prefix(64)),
            request: String(request.id.prefix(64)))
    }

    /// The same origin with another user, or nobody.
    package func with(actor: Int64?) -> AuditOrigin {
        AuditOrigin(actor: actor, address: address, request: request)
    }

    /// The transaction's setting that triggers of the audit log read.
    package var setting: (name: String, value: String) {
        let json = RawJSON { json in
            json.object { json in
                if let actor { json.member("actor", actor) }
                if let address { json.member("address", address) }
                if let request { json.member("request", request) }
            }
        }
        return ("cohort.origin", json.text)
    }

    /// Options of a transaction whose triggers note this origin.
    package var options: TransactionOptions { TransactionOptions(settings: [setting]) }
}
