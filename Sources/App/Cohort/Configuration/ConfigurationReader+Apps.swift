import LiveHub
import Postgres
import Telemetry

/// Plain channels, and the operator's apps that use them.
extension ConfigurationReader {
    /// Namespaces of classes and people, which no operator can redefine.
    private static let ownNamespaces: Set<String> = [
        "class", "chat", "board", "quiz", "staff", "course-staff", "personal",
    ]

    /// Institution of apps that have channels of their own: no database gives out this id.
    static let noInstitution: Int64 = 9_007_199_254_740_991

    func apps() throws(ConfigurationProblem) -> Configuration.Apps {
        let secret = try text(ConfigurationKeys.appsTokenSecret).map { Redacted(Array($0.utf8)) }
        let institution = Int64(try number(ConfigurationKeys.appsInstitution))
        return Configuration.Apps(
            tokenSecret: secret,
            key: try self.secret(ConfigurationKeys.appsKey),
            institution: TenantID(
                rawValue: institution == 0 ? ConfigurationReader.noInstitution : institution),
            hasPersonalChannels: try flag(ConfigurationKeys.appsPersonalChannels))
    }

    /// Reads lines such as `app:stream:100:300 recover publish history`.
    func namespaces() throws(ConfigurationProblem) -> [Namespace] {
        let key = ConfigurationKeys.namespaces
        let given = try given(key)
        var found: [Namespace] = []
        for text in given.values {
            let namespace: Namespace
            do throws(NamespaceText.Problem) {
                namespace = try NamespaceText.read(text)
            } catch {
                switch error {
                case .form:
                    throw bad(
                        key, given,
                        "must hold such as app:ephemeral or app:stream:100:300 recover publish; \"\(text)\" is neither"
                    )
                case .word(let word):
                    throw bad(
                        key, given,
                        "has \"\(word)\" in \"\(text)\"; known are \(NamespaceText.words.joined(separator: ", "))"
                    )
                case .needsHistory(let word):
                    throw bad(key, given, "has \"\(word)\" in \"\(text)\", which needs a stream")
                }
            }
            guard !ConfigurationReader.ownNamespaces.contains(namespace.name) else {
                throw bad(key, given, "names \(namespace.name), which is one of Cohort's own")
            }
            guard !found.contains(where: { $0.name == namespace.name }) else {
                throw bad(key, given, "names \(namespace.name) twice")
            }
            found.append(namespace)
        }
        return found
    }
}
