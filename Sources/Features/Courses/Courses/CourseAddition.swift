package import JSON
package import WebServer

/// A member that a feature above this one adds to the courses that routes answer with, as `live_classes`.
///
/// So the course list can say what it knows nothing of.
package protocol CourseAddition: Sendable {
    /// The member's name.
    var name: String { get }
    /// The value for courses that ``values(for:principal:context:)`` leaves out.
    var fallback: RawJSON { get }

    /// The member's value by course; asked once per answer, on the loop, for courses that the user may see.
    func values(
        for courses: [Int64], principal: Principal, context: WebContext
    ) async throws -> [Int64: RawJSON]
}
