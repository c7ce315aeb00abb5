import HTTP
import HTTPTypes
import WebServer

/// Decides on the parts of an upload as they come: the parameters first, then the file, and nothing behind it.
///
/// Pure: pieces in, effects out. What is kept of the parameters is bounded; of the file nothing is kept.
struct UploadForm {
    /// What is to be done.
    enum Effect: Equatable {
        /// The file begins: what comes is written to it.
        case begin(UploadTicket)
        /// A piece of the file.
        case write([UInt8])
    }

    /// Parameters that a form may have; Canvas's clients send fewer than ten.
    private static let fieldLimit = 32
    /// Bytes of all parameters.
    private static let byteLimit = 65_536

    private enum State {
        case between
        case field(name: String, value: [UInt8])
        case file
        case end
    }

    private var reader: MultipartReader
    private let key: UploadTicket.Key
    private var state = State.between
    private var fields: [String: String] = [:]
    private var fieldBytes = 0
    private var received = 0
    private var hasFile = false
    private(set) var ticket: UploadTicket?

    /// Reads a form of this type; `nil` when it is none with a file.
    init?(contentType: String?, key: UploadTicket.Key) {
        guard let reader = MultipartReader(contentType: contentType, partLimit: UploadForm.fieldLimit + 1)
        else {
            return nil
        }
        self.reader = reader
        self.key = key
    }

    /// Takes a piece of the body.
    mutating func take(_ piece: [UInt8], at now: Int64) throws(WebError) -> [Effect] {
        let events: [MultipartReader.Event]
        do throws(MultipartReader.Problem) {
            events = try reader.read(piece)
        } catch {
            throw .badRequest("The upload is no well-formed form (\(error)).", code: "malformed_form")
        }
        var effects: [Effect] = []
        for event in events { if let effect = try take(event, at: now) { effects.append(effect) } }
        return effects
    }

    private mutating func take(_ event: MultipartReader.Event, at now: Int64) throws(WebError) -> Effect? {
        switch (event, state) {
        case (.part(let name, let filename, _), .between):
            guard !hasFile else {
                throw .badRequest("The file must be the last part.", code: "file_not_last")
            }
            guard name == "file" || filename != nil else {
                state = .field(name: name, value: [])
                return nil
            }
            hasFile = true
            state = .file
            return .begin(try admit(at: now))
        case (.data(let bytes), .field(let name, let value)):
            fieldBytes += bytes.count
            guard fieldBytes <= UploadForm.byteLimit else {
                throw .badRequest("The parameters of the upload are too large.", code: "malformed_form")
            }
            state = .field(name: name, value: value + bytes)
        case (.endOfPart, .field(let name, let value)):
            guard let text = String(validating: value, as: UTF8.self) else {
                throw .badRequest("A parameter is not UTF-8.", code: "malformed_form", field: name)
            }
            fields[name] = text
            state = .between
        case (.data(let bytes), .file):
            received += bytes.count
            guard let ticket else { throw UploadForm.wrongSize }
            guard received <= ticket.size else {
                // Where no size was announced, it is the room that there was.
                throw ticket.isSizeKnown ? UploadForm.wrongSize : ContentUsage.exceeded
            }
            return .write(bytes)
        case (.endOfPart, .file): state = .between
        case (.end, _): state = .end
        default: throw .badRequest("The upload is no well-formed form.", code: "malformed_form")
        }
        return nil
    }

    /// The parameters are complete: they must be the ones that the first step gave.
    private mutating func admit(at now: Int64) throws(WebError) -> UploadTicket {
        guard let token = fields["token"], let ticket = UploadTicket(token: token, key, at: now) else {
            throw WebError(
                .forbidden, code: "upload_denied",
                message: "The upload's parameters are missing, changed or older than 30 minutes.")
        }
        // They are repeated for people and programs that look at them; changed ones are a mistake.
        guard fields["filename"].map({ $0 == ticket.filename.text }) ?? true,
            fields["content_type"].map({ $0 == ticket.contentType }) ?? true
        else {
            throw WebError(
                .forbidden, code: "upload_denied", message: "The upload's parameters were changed.")
        }
        self.ticket = ticket
        return ticket
    }

    /// The body is over.
    ///
    /// - Throws: ``WebError`` when something is missing.
    func finish() throws(WebError) -> UploadTicket {
        guard case .end = state else {
            throw .badRequest("The upload ends too early.", code: "malformed_form")
        }
        guard let ticket else { throw .badRequest("The upload has no part named file.", field: "file") }
        guard received == ticket.size || !ticket.isSizeKnown else { throw UploadForm.wrongSize }
        return ticket
    }

    static var wrongSize: WebError {
        .badRequest("The file does not have the size that was announced.", code: "wrong_size", field: "size")
    }
}
