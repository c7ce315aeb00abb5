import JSON
package import Postgres
package import Tenancy

/// The permission to upload one file, as its holder carries it from the first step to the second.
///
/// It is signed and not stored: whoever has it may upload that file, of that size, into that folder, for half an hour. Its
/// id becomes the file's, so that an upload that is repeated finds the first one's file.
package struct UploadTicket: Hashable, Sendable {
    /// How long it is valid, in milliseconds.
    package static let lifetime: Int64 = 30 * 60 * 1000

    package var uuid: PostgresUUID
    package var institution: InstitutionID
    package var user: Int64
    package var context: FileContext
    package var folder: Int64
    package var filename: FileName
    package var contentType: String
    /// In bytes: the file must have exactly as many, or at most so many where nobody has announced its size.
    package var size: Int
    /// Whether the size was announced.
    package var isSizeKnown: Bool
    package var onDuplicate: DuplicatePolicy
    /// Milliseconds since 1970.
    package var expiresAt: Int64

    package init(
        uuid: PostgresUUID, institution: InstitutionID, user: Int64, context: FileContext, folder: Int64,
        filename: FileName, contentType: String, size: Int, isSizeKnown: Bool = true,
        onDuplicate: DuplicatePolicy,
        expiresAt: Int64
    ) {
        self.uuid = uuid
        self.institution = institution
        self.user = user
        self.context = context
        self.folder = folder
        self.filename = filename
        self.contentType = contentType
        self.size = size
        self.isSizeKnown = isSizeKnown
        self.onDuplicate = onDuplicate
        self.expiresAt = expiresAt
    }

    /// Signs tickets: 32 bytes derived from the deployment's secret.
    package struct Key: Sendable {
        fileprivate let bytes: [UInt8]

        /// Derives the key.
        package init(secret: [UInt8]) {
            bytes = Digest.hmacSHA256(key: secret, Array("cohort upload ticket 1".utf8))
        }
    }

    /// The text that its holder sends back.
    package func token(_ key: Key) -> String {
        let json = RawJSON { writer in
            writer.object { writer in
                writer.member("id", uuid.description)
                writer.member("institution", institution.rawValue)
                writer.member("user", user)
                writer.member("context", context.type)
                writer.member("context_id", context.id)
                writer.member("folder", folder)
                writer.member("name", filename.text)
                writer.member("type", contentType)
                writer.member("size", Int64(size))
                writer.member("size_known", isSizeKnown)
                writer.member("on_duplicate", onDuplicate.rawValue)
                writer.member("expires", expiresAt)
            }
        }
        let signature = Digest.hmacSHA256(key: key.bytes, json.bytes)
        return Base64.encode(json.bytes, .url) + "." + Base64.encode(signature, .url)
    }

    /// Reads a token; `nil` for one that was not made here, or no longer counts.
    package init?(token: String, _ key: Key, at now: Int64) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 8192, parts.count == 2, let json = Base64.decode(parts[0], .url),
            let signature = Base64.decode(parts[1], .url),
            Digest.isEqual(signature, Digest.hmacSHA256(key: key.bytes, json)),
            let object = try? JSONReader.read(json).object,
            let uuid = object["id"]?.string.flatMap({ PostgresUUID($0) }),
            let institution = object["institution"]?.int, let user = object["user"]?.int,
            let type = object["context"]?.string, let id = object["context_id"]?.int,
            let folder = object["folder"]?.int, let name = object["name"]?.string.flatMap({ FileName($0) }),
            let contentType = object["type"]?.string, let size = object["size"]?.int,
            let isSizeKnown = object["size_known"]?.bool,
            let onDuplicate = object["on_duplicate"]?.string.flatMap({ DuplicatePolicy(rawValue: $0) }),
            let expires = object["expires"]?.int, now < Int64(expires)
        else { return nil }
        self.init(
            uuid: uuid, institution: InstitutionID(rawValue: Int64(institution)), user: Int64(user),
            context: type == "Course" ? .course(Int64(id)) : .user(Int64(id)), folder: Int64(folder),
            filename: name,
            contentType: contentType, size: size, isSizeKnown: isSizeKnown, onDuplicate: onDuplicate,
            expiresAt: Int64(expires))
    }
}
