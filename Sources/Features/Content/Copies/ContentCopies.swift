package import Courses

/// What of this feature copies of courses bring along.
package enum ContentCopies {
    /// Folders, then the files in them.
    package static func all(_ settings: ContentServices.Settings) -> [any CopyPart] {
        [FolderCopy(), FileCopy(settings: settings)]
    }
}
