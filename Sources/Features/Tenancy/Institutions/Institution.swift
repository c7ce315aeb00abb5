package import Postgres

/// The tenant of whom Postgres speaks is an institution here.
package typealias InstitutionID = TenantID

/// A school or another body whose data nobody else sees.
package struct Institution: Hashable, Sendable {
    /// Unique in the deployment.
    package let id: InstitutionID
    /// What people call it.
    package let name: String
    /// The colour of its pages, as `#rrggbb`.
    package let accent: String

    /// Describes an institution.
    package init(id: InstitutionID, name: String, accent: String) {
        self.id = id
        self.name = name
        self.accent = accent
    }

    /// The accent of an institution that chose none.
    package static let usualAccent = "#2f6fed"

    /// Whether a text is a colour as `#rrggbb` in lower case.
    package static func isAccent(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let hex = Set("0123456789abcdef".utf8)
        return bytes.count == 7 && bytes[0] == UInt8(ascii: "#") && bytes.dropFirst().allSatisfy(hex.contains)
    }
}
