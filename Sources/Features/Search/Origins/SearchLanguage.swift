/// The language that a document's words are cut in: the name of one of Postgres's text search configurations.
enum SearchLanguage {
    /// For names, which belong to no language, and for languages that Postgres does not know: words as they are.
    static let none = "simple"
    /// Where nobody says.
    static let usual = "english"

    /// Those that Postgres 15 has stemmers for (PostgreSQL documentation, "Full Text Search: Dictionaries").
    private static let configurations: [String: String] = [
        "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch",
        "en": "english", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
        "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian",
        "ne": "nepali",
        "nb": "norwegian", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
        "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish",
        "yi": "yiddish",
    ]

    /// The configuration for a locale such as `de-AT`: its language counts.
    ///
    /// - Parameters:
    ///   - course: The course's locale, where it has one.
    ///   - institution: The institution's, where it has one.
    /// - Returns: The configuration's name.
    static func configuration(course: String?, institution: String?) -> String {
        guard let locale = course ?? institution else { return usual }
        let language = locale.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return configurations[language] ?? none
    }
}
