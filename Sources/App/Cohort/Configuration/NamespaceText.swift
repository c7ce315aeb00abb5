import LiveHub

/// How a plain namespace is written in the settings: its kind, and behind it a word for each thing that it offers.
///
///     app:stream:100:300 recover publish history presence joins
///
/// Without any word subscribers may publish, read the history, ask who is there, and recover.
enum NamespaceText {
    enum Problem: Error, Equatable {
        /// It is neither `NAME:ephemeral` nor `NAME:stream:SIZE:SECONDS`.
        case form
        /// There is no such word.
        case word(String)
        /// Only a stream can offer this.
        case needsHistory(String)
    }

    /// Every word; what ends in `-asked` is given to those who ask for it, without the ending to everybody.
    static let words = [
        "publish", "history", "presence", "joins", "joins-asked", "recover", "recover-asked", "newest",
        "position", "position-asked", "delta", "tags", "tokens",
    ]
    private static let wordsOfStreams: Set<String> = [
        "history", "recover", "recover-asked", "newest", "position", "position-asked", "delta",
    ]

    static func read(_ text: String) throws(Problem) -> Namespace {
        let parts = text.split(separator: " ").map(String.init)
        guard let first = parts.first, text.first != " " else { throw .form }
        let (name, kind) = try self.kind(first)
        var offered: Set<String> = []
        for word in parts.dropFirst() {
            guard words.contains(word) else { throw .word(word) }
            if kind == .ephemeral, wordsOfStreams.contains(word) { throw .needsHistory(word) }
            offered.insert(word)
        }
        if offered.isEmpty {
            offered = ["publish", "presence"]
            if kind != .ephemeral { offered.formUnion(["history", "recover"]) }
        }
        func offer(_ word: String) -> Namespace.Offer {
            offered.contains(word) ? .always : offered.contains(word + "-asked") ? .asked : .never
        }
        // What brings the newest to who comes back is a recovery.
        let recovery = offer("recover")
        return Namespace(
            name: name, kind: kind,
            recovery: recovery == .never && offered.contains("newest") ? .always : recovery,
            recovers: offered.contains("newest") ? .newest : .everything, positioning: offer("position"),
            allowsPublish: offered.contains("publish"), allowsHistory: offered.contains("history"),
            allowsPresence: offered.contains("presence"), joins: offer("joins"),
            allowsDelta: offered.contains("delta"), allowsTagsFilter: offered.contains("tags"),
            tokens: offered.contains("tokens") ? .needed : .checked)
    }

    private static func kind(_ text: String) throws(Problem) -> (name: String, kind: Namespace.Kind) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, parts.count >= 2, isName(name) else { throw .form }
        switch (parts[1], parts.count) {
        case ("ephemeral", 2): return (name, .ephemeral)
        case ("stream", 2), ("stream", 4):
            let size = parts.count == 4 ? Int(parts[2]) : 100
            let seconds = parts.count == 4 ? Int(parts[3]) : 300
            guard let size, let seconds, (1...100_000).contains(size), (1...2_592_000).contains(seconds)
            else { throw .form }
            return (name, .stream(size: size, lifetime: .seconds(seconds)))
        default: throw .form
        }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
        }
    }
}
