import ArgumentParser
import Cohort
import Telemetry

/// `cohort serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve, until SIGTERM or SIGINT.",
        discussion: ConfigurationKeys.help)

    /// Nothing for production, so the help does not name it: a demo of several nodes starts them with it.
    @Flag(name: .long, help: .hidden)
    var testEndpoints = false

    @OptionGroup var settings: Settings

    func run() async throws {
        let configuration = try settings.read()
        if testEndpoints { try await Complaint.around { try TestEndpoints.prepare(configuration) } }
        ProcessSetup.prepare()
        let sink = LogSink(descriptor: 2)
        Log.start(level: configuration.logLevel, sink: sink)
        StandardOutput.line(Version.text)
        for line in configuration.lines { StandardOutput.line("  \(line)") }
        let signals = SignalWatch()
        var extras = Server.Extras()
        extras.sink = sink
        extras.hasTestEndpoints = testEndpoints
        let plan = extras
        guard !configuration.roles.contains(.channels) else {
            let server = try await Complaint.around {
                try await ChannelsServer.start(configuration, extras: plan)
            }
            for note in server.notes { StandardOutput.line(note) }
            StandardOutput.line("serving plain channels at \(server.address)")
            await signals.wait()
            StandardOutput.line("stopping; a second signal ends at once")
            return await server.drain()
        }
        guard configuration.roles.contains(.web) else {
            let worker = try await Complaint.around {
                try await WorkerServer.start(configuration, extras: plan)
            }
            StandardOutput.line("working on jobs; probes at http://\(worker.address)")
            await signals.wait()
            StandardOutput.line("stopping; a second signal ends at once")
            return await worker.drain()
        }
        let server = try await Complaint.around { try await Server.start(configuration, extras: plan) }
        for note in server.notes { StandardOutput.line(note) }
        StandardOutput.line("serving at \(server.baseURL)")
        if let url = server.secureURL { StandardOutput.line("serving at \(url)") }
        signals.onReload {
            StandardOutput.line(
                server.reloadCertificates()
                    ? "the certificates were read anew" : "there are no new certificates; the log says why")
        }
        await signals.wait()
        StandardOutput.line("stopping; a second signal ends at once")
        await server.drain()
    }
}
