/// Names the tenant that a statement runs for: row-level security shows its rows and no others.
///
/// The setting `cohort.institution` of the transaction carries it; every policy of the schema reads that
/// setting.
package struct TenantID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The institution's id.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package var description: String { String(rawValue) }
}
