package import HTTPTypes

/// Field lines encoded ahead of time, for those that every response bears.
package struct EncodedFields: Sendable, Equatable {
    let bytes: [UInt8]

    /// Encodes `fields`; throws as `ResponseWriter` does.
    package init(_ fields: HTTPFields) throws(ResponseError) {
        var bytes: [UInt8] = []
        for field in fields { try Self.append(field, to: &bytes) }
        self.bytes = bytes
    }

    /// Takes whole lines, each with its end, that the server has composed itself of names and numbers.
    package init(ownLines bytes: [UInt8]) { self.bytes = bytes }

    /// These lines, then those.
    package static func + (left: EncodedFields, right: EncodedFields) -> EncodedFields {
        EncodedFields(ownLines: left.bytes + right.bytes)
    }

    /// Bytes of all lines.
    package var size: Int { bytes.count }

    /// Appends one line, refusing what the writer sets itself and values that would break out of the line.
    static func append(_ field: HTTPField, to output: inout [UInt8]) throws(ResponseError) {
        switch field.name {
        case .connection, .contentLength, .transferEncoding, .date:
            throw .reservedField(field.name.canonicalName)
        default:
            try appendUnreserved(field, to: &output)
        }
    }

    static func appendUnreserved(_ field: HTTPField, to output: inout [UInt8]) throws(ResponseError) {
        output.append(contentsOf: field.name.rawName.utf8)
        output.append(ASCII.colon)
        output.append(ASCII.space)
        // Safety: the buffer is used inside the closure only.
        let isClean = unsafe field.withUnsafeBytesOfValue { value in
            guard unsafe value.span.firstForbiddenInFieldValue() == nil else { return false }
            unsafe output.append(contentsOf: value)
            return true
        }
        guard isClean else { throw .forbiddenByte(field: field.name.canonicalName) }
        output.appendLineEnd()
    }
}
