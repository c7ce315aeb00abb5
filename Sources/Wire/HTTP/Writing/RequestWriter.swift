package import HTTPTypes

/// Writes the server's own outgoing requests (RFC 9112 §3).
package enum RequestWriter {
    /// Writes one request that ends its connection.
    ///
    /// `Host`, `Connection` and the length are written here; `fields` may hold none of them. `target` is path and query,
    /// percent-encoded; a length is stated for a body, and for none where the method expects one.
    ///
    /// Throws ``ResponseError/reservedField(_:)`` and ``ResponseError/forbiddenByte(field:)``.
    package static func write(
        _ method: HTTPRequest.Method, target: String, host: String, fields: HTTPFields, body: [UInt8]
    ) throws(ResponseError) -> [UInt8] {
        try head(method, target: target, host: host, fields: fields, length: body.count) + body
    }

    /// Writes the part of such a request that stands before a body of `length` bytes.
    package static func head(
        _ method: HTTPRequest.Method, target: String, host: String, fields: HTTPFields, length: Int
    ) throws(ResponseError) -> [UInt8] {
        guard target.utf8.allSatisfy({ $0 > ASCII.space && $0 < ASCII.delete }), !target.isEmpty else {
            throw .forbiddenByte(field: "target")
        }
        var output: [UInt8] = []
        output.append(contentsOf: "\(method.rawValue) \(target) HTTP/1.1\r\n".utf8)
        guard host.utf8.span.firstForbiddenInFieldValue() == nil else { throw .forbiddenByte(field: "host") }
        output.append(contentsOf: "Host: \(host)\r\n".utf8)
        try EncodedFields.appendUnreserved(HTTPField(name: .connection, value: "close"), to: &output)
        if length > 0 || method == .post || method == .put || method == .patch {
            try EncodedFields.appendUnreserved(
                HTTPField(name: .contentLength, value: String(length)), to: &output)
        }
        for field in fields {
            guard field.name.canonicalName != "host" else { throw .reservedField("host") }
            try EncodedFields.append(field, to: &output)
        }
        output.appendLineEnd()
        return output
    }
}
