/// Times as letters have them: `Thu, 26 Nov 2026 18:16:06 +0000` (RFC 5322 §3.3).
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Writes a time given in seconds since 1970, in UTC.
    static func text(seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (day, rest) = (seconds / 86_400, seconds % 86_400)
        let (year, month, date) = civil(day)
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return
            "\(days[Int(day % 7)]), \(date) \(months[month - 1]) \(year) \(time.joined(separator: ":")) +0000"
    }

    /// A day's date in the Gregorian calendar, counted within eras of 400 years that begin on 1 March.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int, date: Int64) {
        let shifted = day + 719_468
        let (era, ofEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        let month = Int(march < 10 ? march + 3 : march - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
    }
}
