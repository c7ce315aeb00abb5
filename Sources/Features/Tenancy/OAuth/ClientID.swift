import Postgres

/// What an app calls itself by: `<institution>~<key>`, as Canvas writes ids that are more than one shard's.
///
/// The institution stands in clear, so that the key is looked for among that institution's rows, wherever they live. Under an
/// institution's own host name the key's id alone will do, as it does for Canvas.
struct ClientID: Equatable, Sendable {
    let institution: InstitutionID
    let key: Int64

    init(institution: InstitutionID, key: Int64) {
        self.institution = institution
        self.key = key
    }

    /// Reads one; `nil` for what is none, and for another institution's than the host's.
    init?(_ text: String, home: InstitutionID?) {
        guard text.utf8.count <= 40 else { return nil }
        let parts = text.split(separator: "~", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            Int64(part).flatMap { $0 > 0 && String($0) == part ? $0 : nil }
        }
        guard numbers.count == parts.count, let key = numbers.last else { return nil }
        switch (numbers.count, home) {
        case (1, let home?): self.init(institution: home, key: key)
        case (2, _):
            let institution = InstitutionID(rawValue: numbers[0])
            guard home == nil || home == institution else { return nil }
            self.init(institution: institution, key: key)
        default: return nil
        }
    }

    var text: String { "\(institution.rawValue)~\(key)" }
}
