/// What the sanitizer depends on besides its fixed rules.
package struct HTMLPolicy: Sendable {
    /// How much one text may be.
    package var limits = HTMLLimits()
    /// Our own origins, as `https://school.example`: addresses that begin with one become paths.
    package var ownOrigins: [String] = []

    /// What ids begin with, so that none is a name of the page's own.
    static let idPrefix = "content-"

    /// The usual policy.
    package init(ownOrigins: [String] = []) { self.ownOrigins = ownOrigins }
}
