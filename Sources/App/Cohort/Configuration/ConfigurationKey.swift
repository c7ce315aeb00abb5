/// One setting: its name, what it takes, what it is without being set.
package struct ConfigurationKey: Sendable, Hashable {
    /// What a value may be.
    package enum Kind: Sendable, Hashable {
        /// Any text.
        case text
        /// A text that is never printed.
        case secret
        /// A connection URL; printed without its password.
        case databaseURL
        /// Connection URLs by number: a list of `1=postgres://…`; printed without their passwords.
        case databaseURLs
        /// A URL of Redis; printed without its password.
        case redisURL
        /// A whole number within bounds.
        case number(ClosedRange<Int>)
        /// `true` or `false`.
        case flag
        /// Texts: a YAML list; in flags and the environment separated by commas.
        case list
        /// The same, of what people sign in with; printed as a number.
        case logins
        /// One of a few words.
        case oneOf([String])
    }

    /// The name, as in YAML: words in lower case joined by dashes, groups by dots (`live.ping-seconds`).
    package let name: String
    /// What it takes.
    package let kind: Kind
    /// The value without being set, in text; empty for none.
    package let standard: String
    /// What it is for, in one line.
    package let summary: String

    init(_ name: String, _ kind: Kind, _ standard: String, _ summary: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.summary = summary
    }

    /// Whether it takes several texts.
    var isList: Bool { kind == .list || kind == .logins || kind == .databaseURLs }

    /// The flag on the command line: `--live-ping-seconds`.
    package var flag: String { "--" + name.replacing(".", with: "-") }

    /// The environment variable: `COHORT_LIVE_PING_SECONDS`.
    package var variable: String {
        ConfigurationKeys.variablePrefix
            + name.replacing(".", with: "_").replacing("-", with: "_").uppercased()
    }

    /// What a value must be, to follow "must be".
    var demand: String {
        switch kind {
        case .text, .secret: "a text"
        case .databaseURL: "a URL such as postgres://user:password@host:5432/database"
        case .databaseURLs: "a list such as 1=postgres://user:password@host:5432/database"
        case .redisURL: "a URL such as redis://:password@host:6379"
        case .number(let range) where range.upperBound == .max: "a whole number from \(range.lowerBound)"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .list, .logins: "a list of texts"
        case .oneOf(let words): "one of " + words.joined(separator: ", ")
        }
    }
}
