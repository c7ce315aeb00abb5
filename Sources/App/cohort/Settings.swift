import ArgumentParser
import Cohort

/// Where settings come from, the same for every command that has some.
struct Settings: ParsableArguments {
    @Option(name: .long, help: "A YAML file of settings (or COHORT_CONFIG).")
    var config: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Settings as flags: --key value; `cohort serve --help` lists them.", valueName: "settings"))
    var flags: [String] = []

    /// Reads the settings, or ends the command with the sentence that says what is wrong.
    func read() throws -> Configuration {
        do {
            return try Configuration(arguments: flags, environment: ProcessSetup.environment, file: config)
        } catch {
            throw Complaint(error)
        }
    }
}

/// An error as its sentence, without a stack of types around it.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error) { description = "\(error)" }

    /// Runs a command's body; whatever goes wrong becomes a sentence.
    static func around<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as Complaint {
            throw error
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Complaint(error)
        }
    }
}
