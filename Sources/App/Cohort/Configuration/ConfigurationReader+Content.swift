import Content
import Telemetry
import WebClient

/// The settings of files, which depend on one another.
extension ConfigurationReader {
    func content() throws(ConfigurationProblem) -> Configuration.Content {
        let folder = try text(ConfigurationKeys.contentFolder)
        if let folder, !folder.hasPrefix("/") {
            throw problem(
                ConfigurationKeys.contentFolder, "must be a path that begins with a slash, not \"\(folder)\"")
        }
        var settings = ContentServices.Settings()
        settings.largestFile = try number(ConfigurationKeys.contentLargestFile)
        settings.courseQuota = Int64(try number(ConfigurationKeys.contentCourseQuota))
        settings.userQuota = Int64(try number(ConfigurationKeys.contentUserQuota))
        settings.institutionQuota = Int64(try number(ConfigurationKeys.contentInstitutionQuota))
        settings.requiresScan = try flag(ConfigurationKeys.contentRequiresScan)
        settings.edge = try edge()
        return Configuration.Content(
            folder: folder, linkSecret: try linkSecret(), settings: settings, store: try store(folder: folder)
        )
    }

    /// An origin, without a slash at its end.
    private func edge() throws(ConfigurationProblem) -> String {
        guard let text = try text(ConfigurationKeys.contentEdge) else { return "" }
        guard let url = try? WebURL(text), url.target == "/", !text.hasSuffix("/") else {
            throw problem(
                ConfigurationKeys.contentEdge,
                "must be an origin such as https://files.school.example, not \"\(text)\"")
        }
        return text
    }

    /// It stands in nginx's configuration as it is, where other characters would mean something.
    private func linkSecret() throws(ConfigurationProblem) -> Redacted<String>? {
        guard let secret = try text(ConfigurationKeys.contentLinkSecret) else { return nil }
        let isPlain = secret.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
        guard secret.utf8.count >= ConfigurationReader.secretBytes, isPlain else {
            throw problem(
                ConfigurationKeys.contentLinkSecret,
                "must have at least \(ConfigurationReader.secretBytes) letters and digits (try: openssl rand -hex 32)"
            )
        }
        return Redacted(secret)
    }

    private func store(folder: String?) throws(ConfigurationProblem) -> Redacted<S3Settings>? {
        guard let text = try text(ConfigurationKeys.contentS3Endpoint) else { return nil }
        guard let endpoint = try? WebURL(text), endpoint.target == "/" else {
            throw problem(
                ConfigurationKeys.contentS3Endpoint,
                "must be a URL such as https://s3.eu-central-1.amazonaws.com, not \"\(text)\"")
        }
        guard folder != nil else {
            throw .missing(
                key: ConfigurationKeys.contentFolder.name,
                reason: "files arrive there on their way to the object store")
        }
        func needed(_ key: ConfigurationKey) throws(ConfigurationProblem) -> String {
            guard let text = try self.text(key) else {
                throw .missing(key: key.name, reason: "the object store \(endpoint) needs it")
            }
            return text
        }
        return Redacted(
            S3Settings(
                endpoint: endpoint, bucket: try needed(ConfigurationKeys.contentS3Bucket),
                region: try needed(ConfigurationKeys.contentS3Region),
                accessKey: try needed(ConfigurationKeys.contentS3AccessKey),
                secretKey: try needed(ConfigurationKeys.contentS3SecretKey),
                prefix: try self.text(ConfigurationKeys.contentS3Prefix) ?? ""))
    }

    private func problem(_ key: ConfigurationKey, _ reason: String) -> ConfigurationProblem {
        let origin = (try? given(key).origin) ?? "its default"
        return .bad(key: key.name, origin: origin, reason: reason)
    }
}
