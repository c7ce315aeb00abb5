extension RawJSON {
    /// This object with one more member in front; `nil` when the value is no object.
    ///
    /// The caller guarantees that the object has no member of that name yet.
    package func prepending(_ name: StaticString, _ number: UInt64) -> RawJSON? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count + name.utf8CodeUnitCount + 24)
        joined.append(contentsOf: "{\"\(name)\":\(number)".utf8)
        if bytes.dropFirst().first(where: { $0 != 0x20 }) != UInt8(ascii: "}") {
            joined.append(UInt8(ascii: ","))
        }
        joined.append(contentsOf: bytes[1...])
        return RawJSON(written: joined)
    }
}
