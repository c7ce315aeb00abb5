import EventLoop
import Mail
import Telemetry
import Tenancy

extension Server {
    /// What sends letters; `nil` where no relay is set.
    ///
    /// - Throws: ``ServerProblem`` for authorities that cannot be read.
    static func letters(_ configuration: Configuration, loop: EventLoop) throws(ServerProblem)
        -> PasswordLetters?
    {
        guard let settings = configuration.mail?.secret, let address = configuration.publicURL else {
            return nil
        }
        let mailer = Mailer(
            settings, tls: try outgoingTrust(configuration), loop: loop, logger: Log.logger("mail"))
        return PasswordLetters(mailer: mailer, address: address)
    }
}
