package import HTTP
import HTTPTypes
package import JSON

/// The body and the query as values, decoded once, at the edge.
extension WebRequest {
    /// Arrays and objects inside one another that a body may have.
    private static let depthLimit = 32

    /// The body as JSON.
    ///
    /// - Throws: ``WebError`` with 415 when the content type is not JSON, with 400 and the place when it is malformed.
    package func json() throws(WebError) -> JSONValue {
        guard contentType?.isJSON == true else { throw WebRequest.unsupported("application/json") }
        return try readJSON()
    }

    /// The body as a form whose names may have brackets: `answers[0][text]=Paris&include[]=a`.
    ///
    /// - Throws: ``WebError`` with 415 when the content type is another, 400 when it is malformed.
    package func form() throws(WebError) -> JSONValue {
        guard contentType?.isForm == true else {
            throw WebRequest.unsupported("application/x-www-form-urlencoded")
        }
        return try readForm()
    }

    /// The body's members, from JSON or from a form of either kind, as the content type says.
    ///
    /// No body at all has none. Numbers and truth values may be written as strings in either.
    ///
    /// - Throws: ``WebError`` as ``json()`` and ``form()`` do; 400 when the JSON is no object, or the form has a file.
    package func fields() throws(WebError) -> JSONFields {
        guard let contentType else {
            guard body.isEmpty, headers[.contentType] == nil else {
                throw WebRequest.unsupported(WebRequest.known)
            }
            return JSONFields(JSONObject())
        }
        let value: JSONValue
        if contentType.isJSON {
            value = body.isEmpty ? .object(JSONObject()) : try readJSON()
        } else if contentType.isForm {
            value = try readForm()
        } else if contentType.essence == "multipart/form-data" {
            value = try readMultipartForm()
        } else {
            throw WebRequest.unsupported(WebRequest.known)
        }
        do {
            return try JSONFields(value, isLenient: true)
        } catch {
            throw WebError(error)
        }
    }

    /// The query's items as members, brackets understood.
    ///
    /// - Throws: ``WebError`` with 400 when names contradict one another.
    package func queryFields() throws(WebError) -> JSONFields {
        JSONFields(try BracketedForm.object(query), isLenient: true)
    }

    /// What `Content-Type` says; `nil` when it is absent or malformed.
    private var contentType: MediaType? { headers[.contentType].flatMap { MediaType(parsing: $0) } }

    private func readJSON() throws(WebError) -> JSONValue {
        do {
            return try JSONReader.read(body, depthLimit: WebRequest.depthLimit)
        } catch {
            throw .badRequest(error.message, code: "malformed_json")
        }
    }

    private func readForm() throws(WebError) -> JSONValue {
        let items: [Item]
        do {
            items = try FormFields(parsing: body.span).fields.map { Item($0.name, $0.value) }
        } catch {
            throw WebError(error)
        }
        return .object(try BracketedForm.object(items))
    }

    /// A form in parts (RFC 7578), as `curl -F` sends parameters; files are taken elsewhere.
    private func readMultipartForm() throws(WebError) -> JSONValue {
        guard
            var reader = MultipartReader(
                contentType: headers[.contentType], partLimit: FormFields.defaultLimit)
        else {
            throw .badRequest("The form's boundary is missing or malformed.", code: "malformed_form")
        }
        let events: [MultipartReader.Event]
        do throws(MultipartReader.Problem) {
            events = try reader.read(body)
            try reader.finish()
        } catch {
            throw .badRequest("The body is no well-formed form (\(error)).", code: "malformed_form")
        }
        var items: [Item] = []
        var field: (name: String, value: [UInt8])?
        for event in events {
            switch event {
            case .part(let name, let filename, _):
                guard filename == nil else {
                    throw .badRequest(
                        "Files are sent in the three steps of an upload.", code: "malformed_form",
                        field: String(name.prefix(100)))
                }
                field = (name, [])
            case .data(let bytes): field?.value += bytes
            case .endOfPart:
                guard let read = field else { continue }
                guard let value = String(validating: read.value, as: UTF8.self) else {
                    throw .badRequest(
                        "A field is not UTF-8.", code: "malformed_form", field: String(read.name.prefix(100)))
                }
                items.append(Item(read.name, value))
                field = nil
            case .end: break
            }
        }
        return .object(try BracketedForm.object(items))
    }

    private static let known =
        "application/json, application/x-www-form-urlencoded or multipart/form-data"

    private static func unsupported(_ wanted: String) -> WebError {
        WebError(
            .unsupportedMediaType, code: "unsupported_media_type",
            message: "The content type must be \(wanted).")
    }
}

extension WebError {
    /// What the HTTP module refuses.
    package init(_ error: HTTPError) {
        self.init(error.status, code: error.code, message: error.sentence)
    }
}
