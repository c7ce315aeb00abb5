/// What becomes of a file whose name its folder has already.
package enum DuplicatePolicy: String, Hashable, Sendable, CaseIterable {
    /// The new one takes the place of the old one.
    case overwrite
    /// The new one gets a number behind its name.
    case rename
}
