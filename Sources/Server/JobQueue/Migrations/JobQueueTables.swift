package import Postgres

/// What the queue's tables are to people's privacy.
package enum JobQueueTables {
    /// All of them.
    package static let all: [TableDeclaration] = [
        .global("job_heads", "Kind, state and times of jobs."),
        .global("job_minutes", "Counts."),
        .impersonal(
            "jobs", secrets: ["payload", "errors"],
            institutionExport: .nothing("Work of this deployment: ids of what is to be done.")),
        .personal(
            "progresses", people: ["user_id"], others: ["context_id"],
            erasure: .keep("Gone with its job after days; holds counts and the program's own sentences."),
            institutionExport: .nothing("Gone with its job after days.")),
    ]
}
