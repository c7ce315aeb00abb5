package import Tenancy
package import WebServer

/// Tells which course a live class belongs to; the feature that has the classes, which stands above, provides it.
package protocol LiveClassLookup: Sendable {
    /// The class's course, on the loop of `context`; `nil` when the institution has no such class.
    func course(
        ofClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async throws -> Int64?

    /// Whether the user may answer there, as far as the class is concerned: nobody who was removed from it may.
    func mayAnswer(
        _ user: Int64, inClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async -> Bool
}
