import Glibc

/// Where the programs of one installed server lie.
struct PostgresBinaries: Equatable {
    /// The folder that holds `postgres` and `initdb`.
    let folder: String
    /// The major version, such as 15.
    let version: Int

    var server: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// All installed servers from version 15 on, newest first.
    ///
    /// Blocks.
    static func installed() -> [PostgresBinaries] {
        var folders: [String] = []
        if let folder = output(of: "pg_config --bindir 2>/dev/null") { folders.append(folder) }
        for version in names(in: "/usr/lib/postgresql") {
            folders.append("/usr/lib/postgresql/\(version)/bin")
        }
        var found: [PostgresBinaries] = []
        for folder in folders where !found.contains(where: { $0.folder == folder }) {
            guard access(folder + "/initdb", X_OK) == 0, access(folder + "/postgres", X_OK) == 0,
                let line = output(of: "'\(folder)/postgres' --version"),
                let version = line.split(separator: " ").last(where: { $0.first?.isNumber == true })
                    .flatMap({ Int($0.prefix { $0.isNumber }) }),
                version >= 15
            else { continue }
            found.append(PostgresBinaries(folder: folder, version: version))
        }
        return found.sorted { $0.version > $1.version }
    }

    /// The first line that a command writes; `nil` when it writes none.
    private static func output(of command: String) -> String? {
        guard let pipe = popen(command, "re") else { return nil }
        defer { pclose(pipe) }
        var buffer = [CChar](repeating: 0, count: 4096)
        guard fgets(&buffer, CInt(buffer.count), pipe) != nil else { return nil }
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first != "." { names.append(name) }
        }
        return names
    }
}
