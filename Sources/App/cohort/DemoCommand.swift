import ArgumentParser
import Cohort

/// `cohort demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "Run everything on this machine: a private Postgres, two schools with people in them, a live class.",
        discussion: """
            With --nodes 3 it is three processes behind HAProxy, with a private Redis between them.

            Listens at a loopback address only, since it prints its secrets. Ctrl-C stops all of it; another start with \
            the same data folder goes on where the first ended.
            """)

    @Option(name: .long, help: "Port to listen at; 0 takes any free one. (default: 8080)")
    var port: Int?

    @Option(name: .long, help: "Folder for database, secrets and log.")
    var dataDir = ".cohort"

    @Flag(
        name: .long, help: "Add /echo, and let COHORT_FAULT_POINT=NAME:PASSES end the process in the middle.")
    var testEndpoints = false

    @Option(
        name: .long, help: "Write a JSON file with addresses and everybody's secrets once everything runs.")
    var readyFile: String?

    @Option(
        name: .long,
        help: "Processes that serve, behind HAProxy and with a Redis between them; needs both installed.")
    var nodes: Int?

    @OptionGroup var settings: Settings

    func validate() throws {
        if let port, !(0...65_535).contains(port) {
            throw ValidationError("--port must be from 0 to 65535, not \(port)")
        }
        if let nodes, !(2...64).contains(nodes) {
            throw ValidationError("--nodes must be from 2 to 64, not \(nodes)")
        }
    }

    func run() async throws {
        var options = DemoOptions()
        options.port = port
        options.dataFolder = dataDir
        options.configurationFile = settings.config
        options.hasTestEndpoints = testEndpoints
        options.readyFile = readyFile
        options.nodes = nodes ?? 1
        options.settings = settings.flags
        ProcessSetup.prepare()
        let signals = SignalWatch()
        let demo = Demo(options: options, environment: ProcessSetup.environment)
        try await Complaint.around { try await demo.run(signals: signals) }
    }
}
