/// Reads a `multipart/form-data` body piece by piece (RFC 7578, RFC 2046 §5.1).
///
/// What is kept between two pieces is at most one part's header or the length of a boundary. The events do not depend on
/// how the bytes were cut: what stands before an error is given first, and the error at the next call. An error is final:
/// every later call throws it again.
package struct MultipartReader: Sendable {
    /// What was read.
    package enum Event: Sendable, Equatable {
        /// A part begins: its name and, for a file, its file name, as they came.
        case part(name: String, filename: String?, contentType: String?)
        /// A piece of the part's content, not empty.
        case data([UInt8])
        /// The part is complete.
        case endOfPart
        /// The last boundary has come; what follows means nothing.
        case end
    }

    /// Why a body is none of these.
    package enum Problem: Error, Sendable, Equatable {
        /// A line, a header or a boundary is not as the standard has it.
        case malformed
        /// A part's header is longer than its limit.
        case headerTooLarge
        /// There are more parts than the limit.
        case tooManyParts
        /// The body ended before its last boundary.
        case endedEarly
    }

    private enum State: Sendable, Equatable {
        /// Before the first boundary.
        case preamble
        /// Behind a boundary: a line end, or two hyphens.
        case boundary
        case header
        case content
        case end
    }

    /// The longest header of a part, in bytes.
    package static let headerLimit = 8192

    private let delimiter: [UInt8]
    private let partLimit: Int
    private var state = State.preamble
    private var kept: [UInt8]
    private var parts = 0
    private var problem: Problem?

    /// A reader for the boundary of a `Content-Type`; `nil` where the type is another or has none that may be
    /// (RFC 2046 §5.1.1).
    package init?(contentType: String?, partLimit: Int = 64) {
        guard let contentType, let type = MediaType(parsing: contentType),
            type.essence == "multipart/form-data",
            let boundary = type["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy({ $0 >= ASCII.space && $0 < ASCII.delete }),
            boundary.utf8.last != ASCII.space
        else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.partLimit = partLimit
        // The first boundary has no line before it where there is no preamble.
        kept = [ASCII.carriageReturn, ASCII.lineFeed]
    }

    /// Takes a piece of the body and returns what it completes.
    package mutating func read(_ piece: [UInt8]) throws(Problem) -> [Event] {
        if let problem { throw problem }
        guard state != .end else { return [] }
        var bytes = kept
        bytes.append(contentsOf: piece)
        kept = []
        var events: [Event] = []
        var position = 0
        do throws(Problem) {
            while try step(bytes, &position, &events) {}
        } catch {
            problem = error
            if events.isEmpty { throw error }
            return events
        }
        if state != .end { kept = Array(bytes[position...]) }
        return events
    }

    /// The body is over.
    ///
    /// - Throws: ``Problem/endedEarly`` before the last boundary, and an error that was met.
    package func finish() throws(Problem) {
        if let problem { throw problem }
        guard state == .end else { throw .endedEarly }
    }

    /// Reads on; `false` when more bytes are needed.
    private mutating func step(
        _ bytes: [UInt8], _ position: inout Int, _ events: inout [Event]
    ) throws(Problem) -> Bool {
        switch state {
        case .preamble, .content:
            let found = delimiterIndex(bytes, from: position)
            // Whatever may be the beginning of a boundary stays.
            let end = found ?? possibleDelimiter(bytes, from: position)
            if state == .content, end > position { events.append(.data(Array(bytes[position..<end]))) }
            position = end
            guard found != nil else { return false }
            if state == .content { events.append(.endOfPart) }
            position += delimiter.count
            state = .boundary
            return true
        case .boundary: return try boundary(bytes, &position, &events)
        case .header: return try header(bytes, &position, &events)
        case .end: return false
        }
    }

    private mutating func boundary(
        _ bytes: [UInt8], _ position: inout Int, _ events: inout [Event]
    ) throws(Problem) -> Bool {
        var index = position
        // Blanks may follow a boundary (RFC 2046 §5.1.1); a few are enough.
        while index < bytes.count, index - position < 16, ASCII.isBlank(bytes[index]) { index += 1 }
        guard index + 1 < bytes.count else { return false }
        if bytes[index] == ASCII.minus, bytes[index + 1] == ASCII.minus, index == position {
            state = .end
            events.append(.end)
            return false
        }
        guard bytes[index] == ASCII.carriageReturn, bytes[index + 1] == ASCII.lineFeed else {
            throw .malformed
        }
        parts += 1
        guard parts <= partLimit else { throw .tooManyParts }
        // The line end stays: a header of no lines ends with it.
        position = index
        state = .header
        return true
    }

    private mutating func header(
        _ bytes: [UInt8], _ position: inout Int, _ events: inout [Event]
    ) throws(Problem) -> Bool {
        let end = Array("\r\n\r\n".utf8)
        var index = position
        while index + end.count <= bytes.count, !bytes[index...].starts(with: end) {
            guard index - position <= MultipartReader.headerLimit else { throw .headerTooLarge }
            index += 1
        }
        guard index + end.count <= bytes.count else {
            guard bytes.count - position <= MultipartReader.headerLimit + end.count else {
                throw .headerTooLarge
            }
            return false
        }
        events.append(try MultipartReader.part(bytes[position..<index]))
        position = index + end.count
        state = .content
        return true
    }

    /// Reads a part's header.
    private static func part(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Event {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        var name: String?
        var filename: String?
        var contentType: String?
        // A line end is one character in Swift.
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed }
            let field = line[..<colon].lowercased()
            let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
            switch field {
            case "content-disposition":
                guard name == nil, value.lowercased().hasPrefix("form-data") else { throw .malformed }
                let parameters = try parameters(value)
                name = parameters["name"]
                filename = parameters["filename*"].flatMap(extended) ?? parameters["filename"]
            case "content-type": contentType = value
            case "content-transfer-encoding":
                // Others are forbidden here (RFC 7578 §4.7), and would not be undone.
                guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else { throw .malformed }
            default: continue
            }
        }
        guard let name else { throw .malformed }
        return .part(name: name, filename: filename, contentType: contentType)
    }

    /// The parameters of `form-data; name="…"; filename="…"`, as browsers write them: in quotes, with `%22` or `\"` for
    /// a quote.
    private static func parameters(_ value: String) throws(Problem) -> [String: String] {
        var result: [String: String] = [:]
        var rest = value.dropFirst("form-data".count)
        while let semicolon = rest.firstIndex(of: ";") {
            guard rest[..<semicolon].allSatisfy({ $0 == " " || $0 == "\t" }) else { throw .malformed }
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else {
                if rest.allSatisfy({ $0 == " " }) { break }
                throw .malformed
            }
            let name = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            var text = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                        text.append(next)
                        rest = rest.dropFirst()
                    } else {
                        text.append(character)
                    }
                }
                guard rest.first == "\"" else { throw .malformed }
                rest = rest.dropFirst()
            } else {
                text = String(rest.prefix { $0 != ";" && $0 != " " })
                rest = rest.dropFirst(text.count)
            }
            guard result.updateValue(text, forKey: name) == nil else { throw .malformed }
        }
        guard rest.allSatisfy({ $0 == " " || $0 == "\t" }) else { throw .malformed }
        return result
    }

    /// `UTF-8''na%C3%AFve` (RFC 8187), which some programs send although RFC 7578 §4.2 asks them not to.
    private static func extended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return PercentCoding.decode(String(parts[2]).utf8.span, plusIsSpace: false)
    }

    // MARK: Boundaries

    private func delimiterIndex(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= delimiter.count else { return nil }
        var index = start
        let last = bytes.count - delimiter.count
        while index <= last {
            if bytes[index] == ASCII.carriageReturn, bytes[index...].starts(with: delimiter) { return index }
            index += 1
        }
        return nil
    }

    /// Where a boundary begins of which the end has not come; else the end.
    private func possibleDelimiter(_ bytes: [UInt8], from start: Int) -> Int {
        var index = max(start, bytes.count - delimiter.count + 1)
        while index < bytes.count {
            if bytes[index] == ASCII.carriageReturn, delimiter.starts(with: bytes[index...]) { return index }
            index += 1
        }
        return bytes.count
    }
}
