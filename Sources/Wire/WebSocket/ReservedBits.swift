/// The three bits of a frame's first octet that only an extension may give a meaning (RFC 6455 §5.2).
package struct ReservedBits: OptionSet, Equatable, Sendable {
    /// The bits in their places, all others 0.
    package let rawValue: UInt8

    /// Takes the bits where they stand in the first octet: 0x40, 0x20, 0x10.
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x70 }

    /// Set on the first frame of a compressed message (RFC 7692 §6).
    package static let rsv1 = ReservedBits(rawValue: 0x40)
    /// No extension that we know uses it.
    package static let rsv2 = ReservedBits(rawValue: 0x20)
    /// No extension that we know uses it.
    package static let rsv3 = ReservedBits(rawValue: 0x10)
}
