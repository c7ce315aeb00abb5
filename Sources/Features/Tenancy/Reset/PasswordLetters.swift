package import Mail

/// Letters to people who forgot their password: one per process.
package struct PasswordLetters: Sendable {
    private let mailer: Mailer
    private let address: String

    /// Sends by this mailer.
    ///
    /// - Parameters:
    ///   - mailer: What sends.
    ///   - address: Where the server is for people, as `https://cohort.example`: a request's `Host` is anybody's word.
    package init(mailer: Mailer, address: String) {
        self.mailer = mailer
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    /// Sends a link; `false` when the person has no address that letters can go to, or too many letters wait.
    func send(_ token: ResetToken, login: String, to text: String) -> Bool {
        guard let to = MailAddress(text),
            let message = MailMessage(
                to: to, subject: "Set a new password",
                text: PasswordLetters.text(login: login, link: "\(address)/password/\(token.text)"),
                usefulFor: .seconds(ResetToken.lifetimeSeconds))
        else { return false }
        return mailer.send(message)
    }

    private static func text(login: String, link: String) -> String {
        """
        Hello,

        somebody asked for a new password for the login

            \(login)

        If that was you, open this link within half an hour:

        \(link)

        It works once. Setting a new password signs you out everywhere.

        If it was not you, there is nothing to do: your password stays as it is.

        """
    }
}
