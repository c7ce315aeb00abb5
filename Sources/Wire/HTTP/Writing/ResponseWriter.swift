package import HTTPTypes

/// How the body of a response is framed.
package enum ResponseFraming: Sendable, Equatable {
    /// Exactly this many bytes.
    case length(Int)
    /// Chunks as they come; to an HTTP/1.0 client the bare bytes, ended by closing the connection.
    case chunked
}

/// Writes the response to one request into a buffer of the caller's (RFC 9112 §4, §6, §7).
///
/// Call `head`, then `body` as often as needed, then `end`; or `whole` for all of it. Answers to HEAD get the
/// fields of a GET and no body, 204 and 304 get neither body nor length: `body` then drops what it is given.
package struct ResponseWriter: Sendable {
    private enum Mode: Sendable, Equatable {
        case unwritten, none, length(remaining: Int), chunked, untilClose
    }

    private let version: HTTPVersion
    private let isHead: Bool
    private var mode = Mode.unwritten

    /// Whether the connection stays open after this response; final once the head is written.
    package private(set) var keepAlive: Bool

    /// Answers `head`; with `keepAlive` false the connection is closed whatever the client would like.
    package init(answering head: RequestHead, keepAlive: Bool = true) {
        self.init(version: head.version, method: head.method, keepAlive: keepAlive && head.keepAlive)
    }

    /// Answers a request of which only this is known; without arguments, one that could not be read.
    package init(version: HTTPVersion = .http11, method: HTTPRequest.Method = .get, keepAlive: Bool = false) {
        self.version = version
        self.keepAlive = keepAlive
        isHead = method == .head
    }

    /// Writes a complete response.
    package mutating func whole(
        _ status: HTTPResponse.Status, _ fields: HTTPFields = [:], common: EncodedFields? = nil,
        body: Span<UInt8>, date: String, into output: inout [UInt8]
    ) throws(ResponseError) {
        try head(status, fields, common: common, framing: .length(body.count), date: date, into: &output)
        try self.body(body, into: &output)
        try end(into: &output)
    }

    /// Writes the status line and the fields, in the order: date, framing, connection, `common`, `fields`.
    ///
    /// `date` is the text of `HTTPDate`, which the caller makes once a second. A response with an `Upgrade`
    /// field (101, 426) gets `Connection: upgrade` by itself (RFC 9110 §7.8). `own` are further lines, encoded already.
    /// On an error `output` is as it was.
    package mutating func head(
        _ status: HTTPResponse.Status, _ fields: HTTPFields = [:], common: EncodedFields? = nil,
        own: EncodedFields? = nil, framing: ResponseFraming, date: String, into output: inout [UInt8]
    ) throws(ResponseError) {
        precondition(mode == .unwritten, "a response has one head")
        guard status.code == 101 || (200...999).contains(status.code) else {
            throw .invalidStatus(status.code)
        }
        let start = output.count
        do throws(ResponseError) {
            try Self.appendStatusLine(status, to: &output)
            try EncodedFields.appendUnreserved(HTTPField(name: .date, value: date), to: &output)
            let mode = appendFraming(status, framing, to: &output)
            appendConnection(isUpgrade: fields.contains(.upgrade), isSwitch: status.code == 101, to: &output)
            if let common { output.append(contentsOf: common.bytes) }
            if let own { output.append(contentsOf: own.bytes) }
            for field in fields { try EncodedFields.append(field, to: &output) }
            output.appendLineEnd()
            self.mode = mode
        } catch {
            output.removeSubrange(start...)
            throw error
        }
    }

    /// Writes a piece of the body; nothing where the response has none, or where `bytes` is empty.
    package mutating func body(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(ResponseError) {
        guard bytes.count > 0 else { return }
        switch mode {
        case .unwritten: preconditionFailure("the head comes before the body")
        case .none: break
        case .length(let remaining):
            guard bytes.count <= remaining else { throw .bodyTooLong }
            mode = .length(remaining: remaining - bytes.count)
            output.append(copying: bytes)
        case .chunked:
            output.append(contentsOf: String(bytes.count, radix: 16).utf8)
            output.appendLineEnd()
            output.append(copying: bytes)
            output.appendLineEnd()
        case .untilClose:
            output.append(copying: bytes)
        }
    }

    /// Ends the response; trailers go out with chunks only and are dropped otherwise.
    package mutating func end(trailers: HTTPFields = [:], into output: inout [UInt8]) throws(ResponseError) {
        switch mode {
        case .unwritten: preconditionFailure("the head comes before the end")
        case .none, .untilClose: break
        case .length(let remaining):
            guard remaining == 0 else { throw .bodyTooShort }
        case .chunked:
            let start = output.count
            output.append(contentsOf: "0\r\n".utf8)
            do throws(ResponseError) {
                for field in trailers { try EncodedFields.append(field, to: &output) }
            } catch {
                output.removeSubrange(start...)
                throw error
            }
            output.appendLineEnd()
        }
        mode = .none
    }

    /// Writes `100 Continue`, for a client that waits for it (RFC 9110 §15.2.1); any number of times before
    /// `head`.
    package static func writeContinue(into output: inout [UInt8]) {
        output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }

    private static func appendStatusLine(
        _ status: HTTPResponse.Status, to output: inout [UInt8]
    ) throws(ResponseError) {
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        output.append(contentsOf: String(status.code).utf8)
        output.append(ASCII.space)
        guard status.reasonPhrase.utf8.span.firstForbiddenInFieldValue() == nil else {
            throw .forbiddenByte(field: "status")
        }
        output.append(contentsOf: status.reasonPhrase.utf8)
        output.appendLineEnd()
    }

    /// Writes the framing field, if any; returns how the body goes on (RFC 9112 §6.3, RFC 9110 §8.6).
    private mutating func appendFraming(
        _ status: HTTPResponse.Status, _ framing: ResponseFraming, to output: inout [UInt8]
    ) -> Mode {
        if status.code == 101 || status.code == 204 || status.code == 304 { return .none }
        switch framing {
        case .length(let count):
            output.append(contentsOf: "Content-Length: ".utf8)
            output.append(contentsOf: String(count).utf8)
            output.appendLineEnd()
            return isHead ? .none : .length(remaining: count)
        case .chunked where version == .http11:
            output.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
            return isHead ? .none : .chunked
        case .chunked:
            if isHead { return .none }
            keepAlive = false
            return .untilClose
        }
    }

    private func appendConnection(isUpgrade: Bool, isSwitch: Bool, to output: inout [UInt8]) {
        switch (isUpgrade, keepAlive || isSwitch) {
        case (true, true): output.append(contentsOf: "Connection: upgrade\r\n".utf8)
        case (true, false): output.append(contentsOf: "Connection: upgrade, close\r\n".utf8)
        case (false, false): output.append(contentsOf: "Connection: close\r\n".utf8)
        case (false, true) where version == .http10:
            output.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        case (false, true): break
        }
    }
}
