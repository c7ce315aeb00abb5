/// Decides what one user may do with one file.
///
/// Pure: what is known of both is handed in. Staff of the file's course see everything in it but what is infected; the
/// owner of a file sees it at once; everybody else waits for its scan, and for what staff has set.
package struct FileAccess: Hashable, Sendable {
    /// The user's standing towards the files of a context.
    package enum Standing: Hashable, Sendable, Comparable {
        /// None: the context is another user's, or a course that the user is not in.
        case stranger
        /// A member of the course.
        case member
        /// Staff of the course who see everything and change nothing any more.
        case overseer
        /// Staff of the course, or the user whose files they are.
        case keeper
    }

    /// Whether the file is there at all for the user, and in lists.
    package let isListed: Bool
    /// Whether its content may be read: whether it gets a URL.
    package let isReadable: Bool
    /// Whether it may be renamed, moved, deleted.
    package let isChangeable: Bool
    /// Whether the answer says that it is locked.
    package let isLockedForUser: Bool

    /// Decides.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - folder: What the folders above it add up to.
    ///   - user: The user's id.
    ///   - standing: Towards the file's context.
    ///   - requiresScan: Whether files that nobody has scanned are withheld.
    ///   - isInLockedModule: Whether a module keeps the file from the user.
    ///   - now: Milliseconds since 1970.
    package init(
        _ file: StoredFile, in folder: Availability, user: Int64, standing: Standing, requiresScan: Bool,
        isInLockedModule: Bool = false, now: Int64
    ) {
        let isOwner = file.owner == user
        let isKeeper = standing >= .overseer
        let isScanned = file.scanState == .clean || (!requiresScan && file.scanState == .unscanned)
        let isLocked =
            file.availability.isLocked(at: now) || folder.isLocked(at: now) || isInLockedModule
        let isHidden = file.availability.isHidden || folder.isHidden
        let isMember = standing >= .member
        isListed = isKeeper || (isMember && (isOwner || (isScanned && !isHidden)))
        isLockedForUser = !isKeeper && isLocked
        // A hidden file is in no list, yet who has a link to it may read it; a locked one nobody but staff.
        let mayRead = isKeeper || isOwner || (isScanned && !isLocked)
        isReadable = isMember && mayRead && file.scanState != .infected
        isChangeable = standing == .keeper
    }
}
