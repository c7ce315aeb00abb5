import HTTPTypes

/// One field line, taken apart and checked (RFC 9112 §5).
struct FieldLine {
    let role: KnownField.Role
    let field: HTTPField

    /// Reads a line without its CRLF; it must not be empty.
    ///
    /// Stricter than the standard asks for: folded lines are refused, not joined (RFC 9112 §5.2).
    init(_ line: Span<UInt8>) throws(HTTPError) {
        if ASCII.isBlank(line[0]) { throw .foldedField }
        var colon = 0
        while colon < line.count, ByteSet.token.contains(line[colon]) { colon &+= 1 }
        guard colon < line.count else { throw .missingColon }
        switch line[colon] {
        case ASCII.colon: break
        case ASCII.space, ASCII.tab: throw .whitespaceBeforeColon
        case ASCII.carriageReturn: throw .bareCarriageReturn
        default: throw .invalidFieldName
        }
        guard colon > 0 else { throw .emptyFieldName }
        let name = line.extracting(0..<colon)
        let rest = line.extracting((colon + 1)..<line.count)
        let value = rest.extracting(rest.rangeWithoutBlanks)
        if let wrong = value.firstForbiddenInFieldValue() {
            throw value[wrong] == ASCII.carriageReturn ? .bareCarriageReturn : .invalidFieldValue
        }
        if let known = KnownField.find(name) {
            role = known.role
            field = Self.field(known.name, value)
        } else {
            guard let fieldName = HTTPField.Name(String(copyingASCII: name)) else { throw .invalidFieldName }
            role = .plain
            field = Self.field(fieldName, value)
        }
    }

    /// Keeps a value that is not UTF-8 as the bytes it is.
    private static func field(_ name: HTTPField.Name, _ value: Span<UInt8>) -> HTTPField {
        if let text = String(copyingUTF8: value) { return HTTPField(name: name, value: text) }
        var bytes: [UInt8] = []
        bytes.append(copying: value)
        return HTTPField(name: name, value: bytes)
    }
}
