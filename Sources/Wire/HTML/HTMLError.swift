/// Why a text is not even looked at.
package enum HTMLError: Error, Hashable, Sendable {
    /// It has more bytes than the limit.
    case tooLarge(limit: Int)
    /// It has more elements than the limit.
    case tooManyElements(limit: Int)

    /// A sentence without a full stop that may be shown to the author.
    package var message: String {
        switch self {
        case .tooLarge(let limit): "the text is larger than \(limit) bytes"
        case .tooManyElements(let limit): "the text has more than \(limit) elements"
        }
    }
}
