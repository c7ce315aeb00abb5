import EventLoop
import Logging
import Sockets
import Synchronization
import Telemetry
import WebServer

/// A node's certificates: read and checked at the start and whenever an operator has changed the files.
///
/// Any thread may use it; reading files blocks, so no loop does.
final class NodeTLS: Sendable {
    let configuration: Configuration.TLS
    /// Whether the kernel encrypts where it can.
    let kernel: KernelTLS
    private let tickets: TicketKeys
    private let ends: Labelled<Gauge>
    private let reloads: Labelled<Counter>
    private let logger = Log.logger("tls")
    private let current: Mutex<TLSContext>

    /// Reads the certificates.
    ///
    /// - Throws: ``ServerProblem/tls(_:)``, which names the file that cannot be used.
    init(_ configuration: Configuration.TLS, secret: [UInt8], metrics: Metrics) throws(ServerProblem) {
        self.configuration = configuration
        kernel = configuration.usesKernel ? .probe() : .notOffered("tls.kernel is false")
        tickets = TicketKeys(secret: secret) { WallClock.seconds }
        ends = metrics.gauges(
            "cohort_tls_certificate_expiry_timestamp_seconds", "When a certificate ends, by name it is for.",
            labels: ["name"])
        reloads = metrics.counters(
            "cohort_tls_reloads_total", "Times that certificates were read anew.", labels: ["result"])
        let kernelGauge = metrics.gauge("cohort_tls_kernel", "Whether the kernel can encrypt TLS.")
        kernelGauge.set(kernel == .offered ? 1 : 0)
        do throws(TLSFailure) {
            let context = try NodeTLS.read(configuration, tickets, kernel)
            current = Mutex(context)
        } catch {
            throw .tls("\(error)")
        }
        show(context)
    }

    /// The certificates that new connections are shown.
    var context: TLSContext { current.withLock { $0 } }

    /// What loops listen with.
    var entrance: TLSEntrance {
        var entrance = TLSEntrance(context)
        entrance.limit = configuration.handshakeLimit
        entrance.atOnce = configuration.handshakes
        return entrance
    }

    /// What an operator reads at the start.
    var note: String {
        switch kernel {
        case .offered: "TLS: the kernel encrypts what it can"
        case .notOffered(let reason): "TLS: OpenSSL encrypts, not the kernel: \(reason)"
        }
    }

    /// Reads the files anew; where one cannot be used, all that was before stays.
    ///
    /// - Returns: The new certificates; `nil` where the old ones stay.
    func reload() -> TLSContext? {
        do throws(TLSFailure) {
            let context = try NodeTLS.read(configuration, tickets, kernel)
            current.withLock { $0 = context }
            show(context)
            reloads.with("done").add()
            return context
        } catch {
            reloads.with("failed").add()
            logger.error("the certificates were not changed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func read(
        _ configuration: Configuration.TLS, _ tickets: TicketKeys, _ kernel: KernelTLS
    ) throws(TLSFailure) -> TLSContext {
        var settings = TLSServerSettings(files: configuration.files)
        settings.minimum = configuration.minimum
        settings.protocols = ["http/1.1"]
        settings.tickets = tickets
        settings.usesKernel = kernel == .offered
        return try .server(settings, at: WallClock.seconds)
    }

    /// Tells log and metrics of the certificates.
    private func show(_ context: TLSContext) {
        for certificate in context.certificates {
            for name in certificate.names { ends.with(name).set(Int(certificate.end)) }
            logger.notice(
                "certificate",
                metadata: [
                    "file": "\(certificate.file)", "names": "\(certificate.names.joined(separator: " "))",
                    "ends": "\(certificate.end)",
                ])
        }
    }
}

extension Server {
    /// Reads the certificates anew, off the loops; connections that are open go on.
    ///
    /// Harmless where there is no TLS.
    ///
    /// - Returns: Whether new connections are shown what the files hold now.
    @discardableResult
    package func reloadCertificates() -> Bool {
        guard let tls = node.tls, let context = tls.reload() else { return false }
        for share in shares { share.loop.execute { share.value.server.renew(context) } }
        return true
    }
}
