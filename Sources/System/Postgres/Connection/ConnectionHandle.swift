import CLibPQ

/// One connection of libpq, finished exactly once.
struct ConnectionHandle: ~Copyable {
    let raw: OpaquePointer

    /// Begins to connect without blocking; `nil` when there is no memory.
    init?(parameters: [String: String]) {
        let keywords = parameters.keys.sorted()
        var names: [UnsafePointer<CChar>?] = keywords.map { ConnectionHandle.copy($0) }
        var values: [UnsafePointer<CChar>?] = keywords.map { ConnectionHandle.copy(parameters[$0] ?? "") }
        defer {
            for text in names + values { text?.deallocate() }
        }
        names.append(nil)
        values.append(nil)
        guard let raw = PQconnectStartParams(names, values, 0) else { return nil }
        self.raw = raw
    }

    deinit { PQfinish(raw) }

    /// A C string; PQconnectStartParams copies what it keeps.
    private static func copy(_ text: String) -> UnsafePointer<CChar> {
        let bytes = text.utf8CString
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (position, byte) in bytes.enumerated() { memory[position] = byte }
        return UnsafePointer(memory)
    }
}
