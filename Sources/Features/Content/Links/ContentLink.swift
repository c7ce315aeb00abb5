import Postgres
package import Tenancy

/// What a signed URL gives access to.
///
/// Everything that the answer depends on is in the path, so that a cache may keep it by the path alone: the content
/// never changes, and a file that is renamed has another URL.
package struct ContentLink: Hashable, Sendable {
    /// What such paths begin with.
    package static let prefix = "/content"

    /// Whose file it is; a signature for one institution's path is none for another's.
    package let institution: InstitutionID
    /// The file's id.
    package let file: Int64
    /// What it holds, SHA-256.
    package let sha256: String
    /// Whether it is to be saved.
    package let isDownload: Bool
    /// Its name, for whoever saves it.
    package let filename: String

    /// Names a file's content.
    package init(institution: InstitutionID, file: Int64, sha256: String, isDownload: Bool, filename: String)
    {
        self.institution = institution
        self.file = file
        self.sha256 = sha256
        self.isDownload = isDownload
        self.filename = filename
    }

    /// The path before it is percent-encoded: what is signed, for that is what nginx compares (`$uri`).
    package var path: String {
        "\(ContentLink.prefix)/\(institution.rawValue)/\(file)/\(sha256)/\(isDownload ? "save" : "show")/\(filename)"
    }

    /// Reads the decoded segments behind the prefix; `nil` when they are no link's.
    package init?(segments: [String]) {
        guard segments.count == 5, let institution = Int64(segments[0]), institution > 0,
            String(institution) == segments[0], let file = Int64(segments[1]), file > 0,
            String(file) == segments[1], segments[3] == "save" || segments[3] == "show", !segments[4].isEmpty
        else { return nil }
        self.init(
            institution: InstitutionID(rawValue: institution), file: file, sha256: segments[2],
            isDownload: segments[3] == "save", filename: segments[4])
        guard ContentKey(institution: self.institution, sha256: sha256) != nil else { return nil }
    }
}
