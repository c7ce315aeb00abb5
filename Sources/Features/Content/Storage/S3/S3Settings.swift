package import WebClient

/// Where an S3-compatible object store is, and who we are to it.
package struct S3Settings: Sendable {
    /// The store's URL without a bucket: `https://s3.eu-central-1.amazonaws.com`.
    package var endpoint: WebURL
    /// The bucket, addressed in the path, as every compatible store understands it.
    package var bucket: String
    /// The region that signatures name.
    package var region: String
    /// The name of the key.
    package var accessKey: String
    /// The key; never logged.
    package var secretKey: String
    /// What stands before every key in the bucket; empty, or ending with a slash.
    package var prefix: String

    /// Names a store.
    package init(
        endpoint: WebURL, bucket: String, region: String, accessKey: String, secretKey: String,
        prefix: String = ""
    ) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.prefix = prefix
    }

    /// The path of an object.
    func path(_ key: String) -> String { "/\(bucket)/\(prefix)\(key)" }
}
