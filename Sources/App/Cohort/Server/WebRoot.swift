import Glibc

/// Finds the folder of the pages.
enum WebRoot {
    /// The file that makes a folder the one we look for.
    private static let mark = "pages.json"

    /// The folder that is set, or `web-static` beside the program, above it, or in the working folder.
    ///
    /// - Throws: ``ServerProblem/pages(_:)`` when there is none.
    static func find(set: String?, program: String? = ProcessSetup.programPath) throws(ServerProblem)
        -> String
    {
        if let set {
            guard isRoot(set) else { throw .pages("web.root is \(set), but there is no \(set)/\(mark)") }
            return set
        }
        for candidate in candidates(program) where isRoot(candidate) { return candidate }
        throw .pages(
            "the folder web-static is neither beside the program nor in the working folder: set web.root")
    }

    private static func candidates(_ program: String?) -> [String] {
        var found: [String] = []
        var folder = program ?? ""
        // A program below .build lies four folders below the project.
        for _ in 0..<6 {
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = String(folder[..<slash])
            found.append(folder + "/web-static")
            found.append(folder + "/share/cohort/web-static")
        }
        return found + ["web-static"]
    }

    private static func isRoot(_ folder: String) -> Bool { access(folder + "/" + mark, R_OK) == 0 }
}
