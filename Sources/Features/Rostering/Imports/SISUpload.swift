import HTTP
import HTTPTypes
import JSON
import Tenancy
import WebServer

/// What a request sends to be imported: the file, and the options beside it.
struct SISUpload: Sendable {
    /// Bytes of a file at most.
    static let bodyLimit = 64 << 20
    /// Bytes of a piece as it is stored.
    static let pieceLength = 1 << 20
    /// Bytes that are taken from the body at a time.
    private static let step = 1 << 18
    /// Bytes of an option's value at most.
    private static let optionLength = 1024

    private(set) var pieces: [[UInt8]] = []
    private(set) var isZip = false
    /// Options of the query, and of a form's other parts.
    private(set) var items: [WebRequest.Item]

    var size: Int { pieces.reduce(0) { $0 + $1.count } }

    /// Takes a request apart; it takes time in proportion to the body, so not on a loop.
    ///
    /// - Throws: `WebError` for a form that is none, or without a file; for a type that is not known.
    init(_ request: WebRequest) throws(WebError) {
        items = request.query
        let type = request.headers[.contentType].flatMap { MediaType(parsing: $0) }
        guard type?.essence != "application/json" else {
            throw .invalid(
                "The body is JSON: send a file as text/csv or application/zip, or a form with attachment.",
                field: "Content-Type")
        }
        // What sends a form means its fields; what sends a file without naming a type sends this one, too.
        guard type?.essence != "application/x-www-form-urlencoded" else {
            throw .invalid(
                "The body is a form without files: send a file as text/csv or application/zip, or a form with attachment.",
                field: "Content-Type")
        }
        guard type?.essence == "multipart/form-data" else {
            isZip = try SISUpload.isZip(request.queryValue("extension"), type)
            add(request.body[...])
            guard !pieces.isEmpty else { throw SISUpload.missing }
            return
        }
        guard var reader = MultipartReader(contentType: request.headers[.contentType]) else {
            throw SISUpload.malformed
        }
        var option: (name: String, value: [UInt8])?
        var (isFile, file): (Bool, String?) = (false, nil)
        do throws(MultipartReader.Problem) {
            var start = 0
            while start < request.body.count {
                let end = min(start + SISUpload.step, request.body.count)
                for event in try reader.read(Array(request.body[start..<end])) {
                    switch event {
                    case .part(let name, let filename, _):
                        isFile = name == "attachment" && file == nil
                        if isFile { file = filename ?? "" }
                        option = isFile || filename != nil ? nil : (name, [])
                    case .data(let bytes):
                        if isFile { add(bytes[...]) }
                        if let value = option?.value, value.count < SISUpload.optionLength {
                            option?.value += bytes
                        }
                    case .endOfPart:
                        if let option, option.value.count <= SISUpload.optionLength,
                            let value = String(validating: option.value, as: UTF8.self)
                        {
                            items.append(WebRequest.Item(option.name, value))
                        }
                        (isFile, option) = (false, nil)
                    case .end: break
                    }
                }
                start = end
            }
            try reader.finish()
        } catch {
            throw SISUpload.malformed
        }
        guard let file, !pieces.isEmpty else { throw SISUpload.missing }
        let given = items.last { $0.name == "extension" }?.value
        let own = file.split(separator: ".").last.map { $0.lowercased() }
        isZip = try SISUpload.isZip(given ?? (own == "zip" || own == "csv" ? own : nil), nil, pieces.first)
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            if let last = pieces.indices.last, pieces[last].count < SISUpload.pieceLength {
                let part = rest.prefix(SISUpload.pieceLength - pieces[last].count)
                pieces[last] += part
                rest = rest.dropFirst(part.count)
            } else {
                pieces.append([])
            }
        }
    }

    /// By the extension, else by the type, else by how it begins.
    private static func isZip(
        _ given: String?, _ type: MediaType?, _ start: [UInt8]? = nil
    ) throws(WebError) -> Bool {
        switch given?.lowercased() {
        case "zip": return true
        case "csv", "txt": return false
        case nil: break
        default: throw .invalid("extension must be csv or zip.", field: "extension")
        }
        switch type?.essence {
        case "text/csv", "text/plain": return false
        case nil: return start?.starts(with: [0x50, 0x4B]) ?? true
        default: return true
        }
    }

    private static let missing = WebError.invalid("There is no file.", field: "attachment")
    private static let malformed = WebError.badRequest("The body is no form.", code: "malformed_form")
}
