/// What this program is.
package enum Version {
    /// The version, by semantic versioning.
    package static let number = "0.1.0"
    /// The name with the version, as clients and logs see it.
    package static let text = "cohort \(number)"
}
