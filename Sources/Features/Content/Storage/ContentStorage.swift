/// Keeps content by its key: on a disk or in an object store.
///
/// Any task may call it; nothing here blocks a loop. Both implementations pass one conformance suite.
package protocol ContentStorage: Sendable {
    /// Takes a file of this machine over as the content of `key`, durably: it is stored, or an error is thrown.
    ///
    /// Storing what is stored already changes nothing. The file is gone afterwards only where that is cheap; the caller
    /// removes it in any case.
    func store(_ file: String, size: Int, as key: ContentKey) async throws(StorageError)

    /// The size of what is stored; `nil` when nothing is.
    func size(of key: ContentKey) async throws(StorageError) -> Int?

    /// Removes content; what is not there is removed already.
    func remove(_ key: ContentKey) async throws(StorageError)

    /// Reads part of what is stored: fewer bytes than asked where it ends; `nil` when nothing is stored.
    ///
    /// The range is not empty and has at most ``ContentPiece/most`` bytes.
    func read(_ key: ContentKey, _ range: Range<Int>) async throws(StorageError) -> [UInt8]?

    /// Where the content can be read, for an answer with these header fields.
    func place(of key: ContentKey, as presentation: Presentation, at now: Int64) -> ContentPlace
}

/// How content is read piece by piece.
package enum ContentPiece {
    /// The largest piece.
    package static let most = 1 << 20
}

/// Where content can be read.
package enum ContentPlace: Hashable, Sendable {
    /// A file of this machine.
    case file(String)
    /// A URL that anybody may fetch for a few minutes; it gives the content the asked header fields.
    case elsewhere(String)
}

/// Why a storage does not do what was asked.
package enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Too much is waiting for the disk or the network; later it may go.
    case busy
    /// There is no room.
    case full
    /// The system refused; the text is for the log.
    case failed(String)

    package var description: String {
        switch self {
        case .busy: "too much is waiting for the content storage"
        case .full: "the content storage is full"
        case .failed(let cause): "the content storage: \(cause)"
        }
    }
}
