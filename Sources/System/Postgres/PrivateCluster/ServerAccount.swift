import Glibc

/// The account that a private server runs under: Postgres refuses root.
struct ServerAccount: Equatable {
    let user: uid_t
    let group: gid_t
    /// The account's name when it is not our own, for `setpriv`.
    let name: String?

    /// Our own account, or `postgres` or `nobody` when we are root.
    static func current() -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), name: nil) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ServerAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, name: name)
            }
        }
        return ServerAccount(user: 65534, group: 65534, name: "65534")
    }

    /// The command that runs a program under the account and ends it with `signal` when its parent dies.
    ///
    /// `setpriv` sets the signal after it changed the account, since the kernel clears it then; it replaces
    /// itself by the program, so the process number stays.
    func command(_ program: [String], dyingWithParentBy signal: String) -> [String] {
        // From the root folder, since the account may not enter ours.
        var command = ["/usr/bin/env", "-C", "/", "/usr/bin/setpriv", "--pdeathsig", signal]
        if let name { command += ["--reuid", name, "--regid", String(group), "--clear-groups"] }
        return command + program
    }

    /// Whether the account may enter every folder above `path`.
    func canReach(_ path: String) -> Bool {
        guard name != nil else { return true }
        var folder = path
        while let slash = folder.lastIndex(of: "/"), folder != "/" {
            folder = String(folder[..<slash])
            var status = stat()
            guard stat(folder.isEmpty ? "/" : folder, &status) == 0 else { continue }
            let bit: mode_t = status.st_uid == user ? 0o100 : status.st_gid == group ? 0o010 : 0o001
            guard status.st_mode & bit != 0 else { return false }
        }
        return true
    }

    /// Makes a folder that the account alone may enter; one that exists is taken over.
    ///
    /// - Throws: ``PrivateClusterError/system(call:path:errno:)``, also for a foreign folder or a link.
    func makeFolder(_ path: String) throws(PrivateClusterError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system(call: "mkdir", path: path, errno: errno)
        }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .system(call: "mkdir", path: path, errno: ENOTDIR)
        }
        guard status.st_uid == user || status.st_uid == geteuid() else {
            throw .system(call: "mkdir", path: path, errno: EPERM)
        }
        guard chmod(path, 0o700) == 0 else { throw .system(call: "chmod", path: path, errno: errno) }
        if name != nil, chown(path, user, group) != 0 {
            throw .system(call: "chown", path: path, errno: errno)
        }
    }
}
