import ArgumentParser
import Cohort

/// `cohort migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to date.",
        discussion: """
            Logs in at database.owner-url, as the owner of the schema. Any number of processes may run it at once: one \
            works, the others wait and find nothing left to do.
            """)

    @OptionGroup var settings: Settings

    func run() async throws {
        let configuration = try settings.read()
        let count = try await Complaint.around {
            try await SchemaUpdate.run(configuration) { StandardOutput.line($0) }
        }
        StandardOutput.line(count == 0 ? "nothing to do" : "done: \(count) applied")
    }
}
