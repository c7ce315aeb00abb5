/// What sign-in by other providers needs of a process.
package struct OIDCServices: Sendable {
    let directory: ProviderDirectory
    /// Where people reach this server; `nil` takes what a request says.
    let address: String?

    /// Describes it.
    ///
    /// - Parameters:
    ///   - directory: Providers' metadata and keys.
    ///   - address: Where people reach this server, as `https://cohort.example`.
    package init(directory: ProviderDirectory, address: String?) {
        self.directory = directory
        self.address = address
    }
}
