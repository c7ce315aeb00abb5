package import HTTPTypes

/// The protocol versions that are spoken here.
package enum HTTPVersion: Sendable, Equatable {
    case http10, http11
}

extension HTTPVersion {
    /// `HTTP/1.1`, with its case and without anything around it (RFC 9112 §2.3).
    static func read(_ bytes: Span<UInt8>) throws(HTTPError) -> HTTPVersion {
        guard bytes.count == 8,
            bytes[0] == 0x48, bytes[1] == 0x54, bytes[2] == 0x54, bytes[3] == 0x50, bytes[4] == ASCII.slash,
            ASCII.isDigit(bytes[5]), bytes[6] == ASCII.dot, ASCII.isDigit(bytes[7])
        else {
            for index in bytes.indices {
                if bytes[index] == ASCII.space { throw .invalidRequestLine }
                if bytes[index] == ASCII.carriageReturn { throw .bareCarriageReturn }
            }
            throw .invalidVersion
        }
        switch (bytes[5], bytes[7]) {
        case (0x31, 0x31): return .http11
        case (0x31, 0x30): return .http10
        default: throw .unsupportedVersion
        }
    }
}

/// How the end of a request's body is found (RFC 9112 §6.3).
package enum BodyFraming: Sendable, Equatable {
    /// No body, for neither field was sent.
    case none
    /// This many bytes, possibly zero.
    case length(Int)
    /// Chunks, up to an empty one and trailers.
    case chunked
}

/// The options of `Connection` that mean something here (RFC 9110 §7.6.1).
package struct ConnectionOptions: OptionSet, Sendable {
    /// The options as bits.
    package let rawValue: UInt8

    /// The options of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The connection ends after this message.
    package static let close = ConnectionOptions(rawValue: 1)
    /// It stays; says something in HTTP/1.0 only.
    package static let keepAlive = ConnectionOptions(rawValue: 2)
    /// The `Upgrade` field is meant.
    package static let upgrade = ConnectionOptions(rawValue: 4)
}

/// A request's line and header fields, checked, with what follows from them.
package struct RequestHead: Sendable, Equatable {
    /// The method, compared with its case; any token.
    package let method: HTTPRequest.Method
    /// What is asked for.
    package let target: RequestTarget
    /// The version of the request line.
    package let version: HTTPVersion
    /// All fields in their order, `Host`, `Content-Length` and the like included.
    package let fields: HTTPFields
    /// Host and port in lower-case: from an absolute target, else from `Host`.
    ///
    /// `nil` only in HTTP/1.0.
    package let host: String?
    /// How the body ends.
    package let framing: BodyFraming
    /// The options of `Connection`.
    package let connection: ConnectionOptions
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    package let expectsContinue: Bool

    /// For the parser, and for tests of those who take heads.
    package init(
        method: HTTPRequest.Method, target: RequestTarget, version: HTTPVersion = .http11,
        fields: HTTPFields = [:],
        host: String? = nil, framing: BodyFraming = .none, connection: ConnectionOptions = [],
        expectsContinue: Bool = false
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.fields = fields
        self.host = host
        self.framing = framing
        self.connection = connection
        self.expectsContinue = expectsContinue
    }

    /// Whether the client wants the connection to stay open after the answer (RFC 9112 §9.3).
    package var keepAlive: Bool {
        if connection.contains(.close) { return false }
        return version == .http11 || connection.contains(.keepAlive)
    }

    /// The protocols that the client would change to, in its order and in lower-case, such as `websocket`.
    ///
    /// Empty where `Connection` does not list `upgrade`, and in HTTP/1.0 (RFC 9110 §7.8).
    package var upgrades: [String] {
        guard version == .http11, connection.contains(.upgrade) else { return [] }
        var protocols: [String] = []
        for field in fields where field.name == .upgrade {
            let bytes = field.value.utf8.span
            var position = 0
            while let element = ListGrammar.nextElement(bytes, &position) {
                protocols.append(String(copyingASCII: bytes.extracting(element)).asciiLowercased)
            }
        }
        return protocols
    }
}
