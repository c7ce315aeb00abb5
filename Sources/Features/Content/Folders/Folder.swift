/// A folder as the database has it.
package struct Folder: Hashable, Sendable {
    package var id: Int64
    package var context: FileContext
    /// The folder above; `nil` for the root of its context.
    package var parent: Int64?
    package var name: String
    /// The names from the root on: `course files/week 1`.
    package var fullName: String
    package var depth: Int
    package var position: Int?
    package var availability: Availability
    package var filesCount: Int64
    package var foldersCount: Int64
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64

    /// Folders inside one another.
    package static let deepest = 32
}
