import Assessment
import Courses
package import JSON
package import Tenancy
package import WebServer

/// Adds to each course the classes that are live now, as `live_classes`.
package struct LiveClassesOfCourses: CourseAddition {
    /// Classes in one answer; a person has few courses, and a course few classes at once.
    private static let most = 500

    package init() {}

    package var name: String { "live_classes" }
    package var fallback: RawJSON { RawJSON { $0.array { _ in } } }

    package func values(
        for courses: [Int64], principal: Principal, context: WebContext
    ) async throws -> [Int64: RawJSON] {
        let found = try await LiveClassStore(pool: context.pool).list(
            courses: courses, phases: [.live], count: Self.most, in: principal.institution)
        return Dictionary(grouping: found, by: \.course).mapValues { classes in
            RawJSON { json in json.array(of: classes) { $1.write(&$0) } }
        }
    }
}

/// Tells the feature below which course a class belongs to, and who may answer there.
package struct CourseOfLiveClass: LiveClassLookup {
    private let classroom: ClassroomFeature

    /// Asks this node's classes.
    package init(_ classroom: ClassroomFeature) { self.classroom = classroom }

    package func mayAnswer(
        _ user: Int64, inClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async -> Bool {
        await classroom.mayAnswer(
            user, in: RoomKey(institution: institution, id: id), loop: context.loop)
    }

    package func course(
        ofClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async throws -> Int64? {
        try await LiveClassStore(pool: context.pool).find(id, in: institution)?.course
    }
}
