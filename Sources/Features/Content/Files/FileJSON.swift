import JSON
import Postgres
import Tenancy
import WebServer

/// Writes files in Canvas's shape.
struct FileJSON {
    private let call: Call

    init(_ call: Call) { self.call = call }

    /// Writes one file; its URL only for those who may read it, valid for a few minutes.
    func write(_ file: StoredFile, _ access: FileAccess, _ json: inout JSONWriter) {
        json.object { json in
            writeNames(file, &json)
            writeRest(file, access, &json)
        }
    }

    /// Writes the members that a list of names has.
    func writeNames(_ file: StoredFile, _ json: inout JSONWriter) {
        json.member("id", file.id)
        json.member("uuid", file.uuid.description)
        json.member("folder_id", file.folder)
        json.member("display_name", file.displayName)
        json.member("filename", file.filename)
        json.member("upload_status", "success")
    }

    /// Writes the other members.
    func writeRest(_ file: StoredFile, _ access: FileAccess, _ json: inout JSONWriter) {
        json.member("content-type", file.contentType)
        json.member("url", access.isReadable ? url(file, isDownload: true) : "")
        json.member("size", file.size)
        json.member("created_at", ISO8601.text(milliseconds: file.createdAt))
        json.member("updated_at", ISO8601.text(milliseconds: file.updatedAt))
        json.member("modified_at", ISO8601.text(milliseconds: file.updatedAt))
        json.time("unlock_at", file.availability.unlockAt)
        json.time("lock_at", file.availability.lockAt)
        json.member("locked", file.availability.isLocked)
        json.member("hidden", file.availability.isHidden)
        json.member("hidden_for_user", false)
        json.member("locked_for_user", access.isLockedForUser)
        json.nullMember("thumbnail_url")
        json.member("mime_class", FileJSON.mimeClass(file.contentType))
        json.member("scan_state", file.scanState.rawValue)
    }

    /// Writes who has put a file there, as Canvas shows people; nobody is an empty object.
    func writeUser(_ id: Int64?, name: String?, _ json: inout JSONWriter) {
        json.object("user") { json in
            guard let id, let name else { return }
            json.member("id", id)
            json.member("display_name", name)
        }
    }

    /// A URL of a file's content.
    func url(_ file: StoredFile, isDownload: Bool) -> String {
        let link = ContentLink(
            institution: call.institution, file: file.id, sha256: file.sha256, isDownload: isDownload,
            filename: file.displayName)
        return call.content.base(for: call.request)
            + call.content.links.sign(link, at: call.context.nowMilliseconds)
    }

    /// The kind that pages choose an icon by.
    private static func mimeClass(_ type: String) -> String {
        let essence = type.prefix { $0 != ";" }.lowercased()
        switch essence {
        case "text/html": return "html"
        case "application/pdf": return "pdf"
        case "application/zip", "application/gzip": return "zip"
        case "application/msword": return "doc"
        default: break
        }
        switch essence.prefix(while: { $0 != "/" }) {
        case "image": return "image"
        case "audio": return "audio"
        case "video": return "video"
        case "text": return "text"
        default: return "file"
        }
    }
}

extension JSONWriter {
    /// A time, or null.
    mutating func time(_ name: String, _ milliseconds: Int64?) {
        guard let milliseconds else { return nullMember(name) }
        member(name, ISO8601.text(milliseconds: milliseconds))
    }

    /// A number, or null.
    mutating func number(_ name: String, _ value: Int64?) {
        guard let value else { return nullMember(name) }
        member(name, value)
    }
}
