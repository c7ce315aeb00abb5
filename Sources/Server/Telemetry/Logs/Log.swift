package import Logging

/// Where loggers come from, and how they are set up.
///
/// A feature makes its logger once: `let log = Log.logger("tenancy")`. A message is a short constant sentence; what
/// varies goes into the metadata, secrets nowhere (wrap them in ``Redacted`` where they are near).
package enum Log {
    /// Sends everything that is logged in the process to `sink`; called once, before the first logger is made.
    package static func start(level: Logger.Level, sink: LogSink) {
        LoggingSystem.bootstrap { label in JSONLineHandler(label: label, level: level, sink: sink) }
    }

    /// A logger that names its part of the server.
    package static func logger(_ part: String) -> Logger { Logger(label: part) }

    /// A logger of its own that writes to `sink`, whatever the process does; for tests.
    package static func logger(_ part: String, level: Logger.Level, sink: LogSink) -> Logger {
        Logger(label: part) { label in JSONLineHandler(label: label, level: level, sink: sink) }
    }

    /// A logger that says nothing.
    package static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
