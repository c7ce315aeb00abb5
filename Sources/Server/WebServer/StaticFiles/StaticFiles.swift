import Glibc
import HTTP
import HTTPTypes
import JSON

/// The files below one folder, as they were when the server started, and the pages among them.
///
/// Only what was found then is served: a path is looked up, never opened. Hidden files, symbolic links and whatever is
/// no plain file are left out.
package struct StaticFiles: Sendable {
    /// More files than any set of pages has: a wrong folder is noticed at start.
    private static let countLimit = 10_000
    /// Folders inside one another.
    private static let depthLimit = 16

    private let files: [String: StaticFile]
    private let pages: [(pattern: String, file: StaticFile)]

    /// Reads a folder; blocks, so it is called before loops run, or in a lane.
    ///
    /// - Parameters:
    ///   - root: The folder.
    ///   - pages: A JSON file in it that maps route patterns to files: `{"/ops": "ops/index.html"}`. It is not served.
    /// - Throws: ``StaticFilesError`` when something cannot be read, or a page names a file that is not there.
    package init(root: String, pages: String = "pages.json") throws(StaticFilesError) {
        var files: [String: StaticFile] = [:]
        try StaticFiles.scan(root, below: "", depth: 0, into: &files)
        let map = files.removeValue(forKey: pages)
        var found: [(pattern: String, file: StaticFile)] = []
        if let map, let bytes = map.content {
            guard let object = try? JSONReader.read(bytes).object else {
                throw .pages("\(pages) is no JSON object")
            }
            for member in object.members {
                guard let name = member.value.string, let file = files[name] else {
                    throw .pages("\(pages): \"\(member.name)\" names no file below \(root)")
                }
                found.append((member.name, file))
            }
        }
        self.files = files
        self.pages = found
    }

    /// How many files there are.
    package var count: Int { files.count }

    /// The routes that serve the files below `prefix`, and the pages at their patterns.
    ///
    /// Browsers ask for `/favicon.ico` by themselves where a page names no icon: the answer is that there is none.
    package func routes(prefix: String = "/static") -> [Route] {
        let files = files
        let below = Route(.get, prefix + "/*", access: .anyone) { request, _ in
            guard let file = files[request.parameters["*"] ?? ""] else { throw WebError.notFound }
            return file.answer(request)
        }
        let icon = Route(.get, "/favicon.ico", access: .anyone) { _, _ in
            WebResponse(status: .noContent, headers: [.cacheControl: "public, max-age=86400"])
        }
        return [below, icon]
            + pages.map { page in
                Route(.get, page.pattern, access: .anyone) { request, _ in page.file.answer(request) }
            }
    }

    // MARK: Reading the folder

    private static func scan(
        _ folder: String, below prefix: String, depth: Int, into files: inout [String: StaticFile]
    ) throws(StaticFilesError) {
        guard depth < depthLimit else { throw .tooDeep(folder) }
        for name in try names(in: folder) {
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { throw .unreadable(path, errno) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try scan(path, below: prefix + name + "/", depth: depth + 1, into: &files)
            case S_IFREG:
                guard files.count < countLimit else { throw .tooMany(countLimit) }
                files[prefix + name] = try read(path, name, status)
            default: continue
            }
        }
    }

    private static func names(in folder: String) throws(StaticFilesError) -> [String] {
        guard let stream = opendir(folder) else { throw .unreadable(folder, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ path: String, _ name: String, _ status: stat) throws(StaticFilesError)
        -> StaticFile
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, errno) }
        defer { close(descriptor) }
        let (type, isText) = MediaTypes.of(name)
        let keeps = status.st_size <= StaticFile.memoryLimit
        guard let digest = ContentDigest() else { throw .noDigest }
        var content: [UInt8] = []
        var size = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw .unreadable(path, errno) }
            guard count > 0 else { break }
            size += count
            digest.add(buffer[..<count])
            if keeps { content.append(contentsOf: buffer[..<count]) }
        }
        return StaticFile(
            path: path, size: size, type: type, tag: EntityTag(digest.finish()),
            lastModified: Int64(status.st_mtim.tv_sec), isImmutable: hasHash(name),
            content: keeps ? content : nil,
            gzip: keeps && isText && size >= 256 ? Gzip.compress(content) : nil)
    }

    /// Whether a part of the name between dots is eight or more hexadecimal digits: `app.3f9a21bc.js`.
    static func hasHash(_ name: String) -> Bool {
        name.split(separator: ".").dropFirst().dropLast().contains { part in
            part.utf8.count >= 8 && part.allSatisfy { $0.isASCII && $0.isHexDigit }
        }
    }
}

/// Why a folder of files cannot be served.
package enum StaticFilesError: Error, Equatable, CustomStringConvertible {
    case unreadable(String, CInt)
    case tooDeep(String)
    case tooMany(Int)
    /// The map of pages is wrong; the text says how.
    case pages(String)
    /// The crypto library refuses SHA-256.
    case noDigest

    package var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path): \(String(cString: strerror(code)))"
        case .tooDeep(let path): "\(path): folders are nested too deeply"
        case .tooMany(let limit): "there are more than \(limit) files"
        case .pages(let text): text
        case .noDigest: "SHA-256 is not available"
        }
    }
}
