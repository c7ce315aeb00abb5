/// A browser's name in a closed list, from what it says of itself.
///
/// A user's own sessions are told apart by it; what a browser sent is kept nowhere.
enum BrowserName {
    /// What is read of `User-Agent`, in bytes; names stand near its beginning and end.
    private static let longest = 512

    /// The first name whose mark a text holds counts: browsers name those they resemble behind their own.
    private static let browsers = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
        ("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]
    private static let programs = [
        ("curl/", "curl"), ("python-requests/", "Python"), ("Python/", "Python"), ("okhttp/", "Android app"),
    ]

    /// `Firefox on Linux`, `curl`; `nil` for what is not known.
    static func of(_ userAgent: String?) -> String? {
        guard let userAgent, userAgent.utf8.count <= longest else { return nil }
        func first(_ table: [(mark: String, name: String)]) -> String? {
            table.first { userAgent.contains($0.mark) }?.name
        }
        guard let browser = first(browsers) else { return first(programs) }
        return first(systems).map { "\(browser) on \($0)" } ?? browser
    }
}
