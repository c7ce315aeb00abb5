import ArgumentParser
import Cohort

/// The program: a list of commands.
@main
struct CohortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cohort",
        abstract: "A live-class server.",
        discussion: "Try `cohort demo`: it needs nothing but PostgreSQL on this machine.",
        version: Version.text,
        subcommands: [
            DemoCommand.self, ServeCommand.self, MigrateCommand.self, InstitutionCommand.self,
            UserCommand.self,
            TokenCommand.self, VersionCommand.self,
        ])
}

/// `cohort version`.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() async throws { StandardOutput.line(Version.text) }
}
