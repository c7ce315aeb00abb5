import Postgres
import Tenancy
import Testing
import WebServer

@testable import Content

struct `Upload form` {
    private let key = UploadTicket.Key(secret: [UInt8](repeating: 7, count: 32))
    private let now: Int64 = 1_800_000_000_000

    private func ticket(size: Int = 5) throws -> UploadTicket {
        UploadTicket(
            uuid: PostgresUUID(high: 1, low: 2), institution: InstitutionID(rawValue: 3), user: 4,
            context: .course(5),
            folder: 6, filename: try #require(FileName("é.txt")), contentType: "text/plain", size: size,
            onDuplicate: .rename, expiresAt: now + UploadTicket.lifetime)
    }

    private func body(_ parts: [(String, String)], end: String = "--b--\r\n") -> [UInt8] {
        Array(
            (parts.map { name, content in
                let file = name == "file" ? "; filename=\"x\"" : ""
                return "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n\(content)\r\n"
            }.joined() + end).utf8)
    }

    /// What was written, and the ticket.
    private func take(_ body: [UInt8], piece: Int = 1 << 20, at time: Int64? = nil) throws -> (
        String, UploadTicket
    ) {
        var form = try #require(UploadForm(contentType: "multipart/form-data; boundary=b", key: key))
        var written: [UInt8] = []
        var begun = 0
        for start in stride(from: 0, to: body.count, by: piece) {
            for effect in try form.take(Array(body[start..<min(start + piece, body.count)]), at: time ?? now)
            {
                switch effect {
                case .begin: begun += 1
                case .write(let bytes): written += bytes
                }
            }
        }
        let ticket = try form.finish()
        #expect(begun == 1)
        return (String(decoding: written, as: UTF8.self), ticket)
    }

    private func refusal(_ parts: [(String, String)], end: String = "--b--", at time: Int64? = nil) -> String?
    {
        do {
            _ = try take(body(parts, end: end), at: time)
            return nil
        } catch {
            return (error as? WebError)?.code ?? "\(error)"
        }
    }

    @Test(arguments: [1, 2, 7, 1000])
    func `takes the file that its ticket allows`(piece: Int) throws {
        let ticket = try ticket()
        let (written, read) = try take(
            body([
                ("token", ticket.token(key)), ("filename", "é.txt"), ("content_type", "text/plain"),
                ("other", "x"),
                ("file", "hello"),
            ]), piece: piece)
        #expect(written == "hello")
        #expect(read == ticket)
    }

    @Test func `takes an empty file`() throws {
        #expect(try take(body([("token", ticket(size: 0).token(key)), ("file", "")])).0.isEmpty)
    }

    @Test func `refuses another size than was announced`() throws {
        let token = try ticket().token(key)
        #expect(refusal([("token", token), ("file", "hell")]) == "wrong_size")
        #expect(refusal([("token", token), ("file", "hello!")]) == "wrong_size")
        #expect(refusal([("token", token), ("file", "hello")]) == nil)
    }

    @Test func `takes any size up to the room there is where none was announced`() throws {
        var open = try ticket()
        open.isSizeKnown = false
        let token = open.token(key)
        for text in ["", "hell", "hello"] { #expect(refusal([("token", token), ("file", text)]) == nil) }
        #expect(refusal([("token", token), ("file", "hello!")]) == "quota_exceeded")
    }

    @Test func `refuses a ticket that is missing, changed, another's or old`() throws {
        let token = try ticket().token(key)
        let stranger = try ticket().token(UploadTicket.Key(secret: [UInt8](repeating: 8, count: 32)))
        #expect(refusal([("file", "hello")]) == "upload_denied")
        #expect(refusal([("token", ""), ("file", "hello")]) == "upload_denied")
        #expect(refusal([("token", stranger), ("file", "hello")]) == "upload_denied")
        #expect(refusal([("token", token), ("filename", "other"), ("file", "hello")]) == "upload_denied")
        #expect(
            refusal([("token", token), ("content_type", "text/html"), ("file", "hello")]) == "upload_denied")
        #expect(
            refusal([("token", token), ("file", "hello")], at: now + UploadTicket.lifetime) == "upload_denied"
        )
        #expect(refusal([("token", token), ("file", "hello")], at: now + UploadTicket.lifetime - 1) == nil)
        for place in 0..<token.count {
            var changed = Array(token)
            changed[place] = changed[place] == "A" ? "B" : "A"
            #expect(UploadTicket(token: String(changed), key, at: now) == nil, "place \(place)")
        }
    }

    @Test func `refuses what is in another order, or no form`() throws {
        let token = try ticket().token(key)
        #expect(refusal([("file", "hello"), ("token", token)]) == "upload_denied")
        #expect(refusal([("token", token), ("file", "hello"), ("later", "x")]) == "file_not_last")
        #expect(refusal([("token", token), ("file", "hello"), ("file", "hello")]) == "file_not_last")
        #expect(refusal([("token", token)]) == "bad_request")
        #expect(refusal([("token", token), ("file", "hello")], end: "") == "malformed_form")
        #expect(
            refusal([("token", String(repeating: "x", count: 70_000)), ("file", "hello")]) == "malformed_form"
        )
        #expect(refusal(Array(repeating: ("a", "b"), count: 40)) == "malformed_form")
        #expect(UploadForm(contentType: "application/json", key: key) == nil)
    }
}
