import Glibc

/// Unfinished archives of a folder whose makers are dead.
///
/// A maker holds a lock on its file (flock(2)), which ends with the process, however that ends; so nobody else has to be asked,
/// and several processes may share the folder.
enum AbandonedArchives {
    /// How the names of unfinished archives begin.
    static let prefix = "export-"
    /// Names that are looked at in one go.
    private static let most = 10_000

    /// Locks a file that its maker has just made; the lock ends with the descriptor.
    ///
    /// - Returns: Whether it is the maker's; not when somebody took it for abandoned in between, and removed it.
    static func claim(_ descriptor: CInt) -> Bool {
        var status = stat()
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &status) == 0
            && status.st_nlink > 0
    }

    /// Removes those whose names begin so; blocks.
    static func remove(in folder: String, beginningWith start: String = prefix) {
        for name in names(in: folder) where name.hasPrefix(start) {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(path)
        }
    }

    /// The names in a folder, ``most`` at most; blocks.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory), names.count < most {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
