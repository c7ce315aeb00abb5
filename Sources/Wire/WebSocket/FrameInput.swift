/// A cursor over what one read brought; ``MessageDecoder`` unmasks in it and moves it on.
///
/// It lives as long as the read callback. Whoever makes one guarantees that the memory stays valid and
/// untouched by others until the last payload of it has been looked at.
@safe
package struct FrameInput {
    // Safety: the maker of the value vouches for the memory; every access below goes through checked ranges.
    private let bytes: UnsafeMutableRawBufferPointer
    private var position = 0

    /// Begins at the front of `bytes`, which are overwritten while unmasking.
    @unsafe
    package init(_ bytes: UnsafeMutableRawBufferPointer) {
        unsafe self.bytes = unsafe bytes
    }

    /// How many octets the decoder has not looked at.
    package var remaining: Int { unsafe bytes.count - position }

    /// Lets `body` look at a payload that the decoder found in this input, or assembled over several.
    package func withBytes<Result, Failure: Error>(
        of payload: Payload, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch payload {
        case .inPlace(let range): try withBytes(range, body)
        case .assembled(let whole): try body(whole.span)
        }
    }

    /// A copy of a payload that may be kept; an assembled one is handed over without copying.
    package func copy(_ payload: Payload) -> [UInt8] {
        switch payload {
        case .inPlace(let range):
            var copy: [UInt8] = []
            append(range, to: &copy)
            return copy
        case .assembled(let whole):
            return whole
        }
    }

    /// Moves over the next `count` octets and tells where they stand.
    mutating func take(_ count: Int) -> Range<Int> {
        precondition(count >= 0 && count <= remaining)
        defer { position += count }
        return position..<position + count
    }

    /// Lets `body` look at what remains.
    func withRemaining<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withBytes(position..<position + remaining, body)
    }

    /// Lets `body` look at the octets of `range`.
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let part = unsafe UnsafeRawBufferPointer(slice(range))
        return try body(unsafe Span<UInt8>(_unsafeBytes: part))
    }

    /// Unmasks octets already taken.
    func unmask(_ range: Range<Int>, with key: MaskingKey) {
        unsafe key.apply(to: slice(range))
    }

    /// Appends octets already taken to `array`.
    func append(_ range: Range<Int>, to array: inout [UInt8]) {
        unsafe array.append(contentsOf: UnsafeRawBufferPointer(slice(range)))
    }

    private func slice(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        precondition(range.upperBound <= (unsafe bytes.count))
        return unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
    }
}
