import Postgres
import Synchronization
package import WebServer

/// What sign-in and tokens need of a whole process: one per process, handed to every loop's context.
package final class TenancyServices: Sendable {
    /// Where passwords are hashed.
    package let passwords: PasswordLane
    /// Makes and checks live tokens.
    package let liveTokens: LiveTokens
    let ticketKey: SignInTicket.Key
    /// What requests that bear an `Idempotency-Key` are digested under.
    let repetitions: IdempotencyKey.Secret
    let failedSignIns = FailedSignIns()
    let resets: PasswordResets
    /// Seals what is stored and is nobody's to read.
    let seal: Seal
    /// Sign-in by other providers; `nil` for a server that fetches nothing.
    let oidc: OIDCServices?
    let pairing: PairingCode.Key
    private let pairingThrottle = Mutex(PairingThrottle())
    private let callbacks = Mutex(
        ThrottleTable<String>(.init(burst: 100, interval: .seconds(1)), entries: 20_000))
    private let clients = Mutex(
        ThrottleTable<String>(.init(burst: 100, interval: .seconds(1)), entries: 20_000))
    private let throttle: Mutex<SignInThrottle>
    let budget: Mutex<RequestBudget>
    /// One bucket for each institution, so that one of them cannot take everybody's turn.
    let sharedBudget: Mutex<RequestBudget>
    private let marks = RevocationMarks()
    private let revocation = Mutex<(@Sendable (InstitutionID, Int64) -> Void)?>(nil)

    /// Makes the services.
    ///
    /// - Parameters:
    ///   - passwords: The lane for hashing.
    ///   - liveTokens: The live tokens' keys.
    ///   - secret: At least 32 bytes, the same on every node; the tickets of a sign-in are signed with a key derived
    ///     from it.
    ///   - limits: How often a password may be tried.
    ///   - budget: How much one token or session may ask for.
    ///   - sharedBudget: How much all of one institution may ask for, on each node.
    ///   - letters: What sends letters; `nil` for a server that sends none.
    ///   - sealingSecret: What stored secrets are sealed with; `nil` takes `secret`.
    ///   - oidc: What asks other providers; `nil` for a server that asks none.
    package init(
        passwords: PasswordLane, liveTokens: LiveTokens, secret: [UInt8],
        limits: SignInThrottle.Limits = .standard, budget: RequestBudget.Limits = .init(),
        sharedBudget: RequestBudget.Limits = .init(capacity: 20_000, leak: 400),
        letters: PasswordLetters? = nil, sealingSecret: [UInt8]? = nil, oidc: OIDCServices? = nil
    ) {
        precondition(secret.count >= 32, "the secret is shorter than 256 bits")
        self.passwords = passwords
        self.liveTokens = liveTokens
        ticketKey = SignInTicket.Key(secret: secret)
        repetitions = IdempotencyKey.Secret(secret: secret)
        resets = PasswordResets(secret: secret, letters: letters)
        seal = Seal(secret: sealingSecret ?? secret, purpose: "tenancy")
        self.oidc = oidc
        pairing = PairingCode.Key(secret: sealingSecret ?? secret)
        throttle = Mutex(SignInThrottle(limits))
        self.budget = Mutex(RequestBudget(budget))
        self.sharedBudget = Mutex(RequestBudget(sharedBudget, entries: 10_000))
    }

    /// Gives a loop's handlers what they ask for; called once per loop, before it serves.
    package func provide(to context: WebContext) {
        context.provide(self)
        context.provide(CredentialCache(marks: marks))
        context.provide(InstitutionHosts())
        context.provide(
            RequestLine(loop: context.loop, atOnce: RequestTurns.share(ofPool: context.pool.size)))
    }

    /// Has `tell` called whenever a credential of a user was withdrawn here: whoever keeps connections open looks again.
    package func onRevocation(_ tell: @escaping @Sendable (InstitutionID, _ user: Int64) -> Void) {
        revocation.withLock { $0 = tell }
    }

    /// Tells that a credential or a role of a user was withdrawn: to be called after the commit.
    func didRevoke(of user: Int64, in institution: InstitutionID) {
        marks.note(user, in: institution)
        revocation.withLock { $0 }?(institution, user)
    }

    /// Charges an attempt to sign in; a duration says how long to wait instead.
    func admit(login: String, address: String, at now: ContinuousClock.Instant) -> Duration? {
        throttle.withLock { $0.admit(login: login, address: address, at: now) }
    }

    /// Charges an attempt with a pairing code; a duration says how long to wait instead.
    func admitPairing(_ user: PairingThrottle.User, at now: ContinuousClock.Instant) -> Duration? {
        pairingThrottle.withLock { $0.admit(user, at: now) }
    }

    /// Gives back an attempt whose code was right.
    func forgivePairing(_ user: PairingThrottle.User, at now: ContinuousClock.Instant) {
        pairingThrottle.withLock { $0.forgive(user, at: now) }
    }

    /// Charges an answer of another provider's to an address; a duration says how long to wait instead.
    func admitCallback(address: String, at now: ContinuousClock.Instant) -> Duration? {
        callbacks.withLock { $0.take(SignInThrottle.network(of: address), at: now) }
    }

    /// Gives back an answer that was good.
    func forgiveCallback(address: String, at now: ContinuousClock.Instant) {
        callbacks.withLock { $0.giveBack(SignInThrottle.network(of: address), at: now) }
    }

    /// Charges an app's question for a token to its address; a duration says how long to wait instead.
    func admitClient(address: String, at now: ContinuousClock.Instant) -> Duration? {
        clients.withLock { $0.take(SignInThrottle.network(of: address), at: now) }
    }

    /// Gives back a question that was answered with a token.
    func forgiveClient(address: String, at now: ContinuousClock.Instant) {
        clients.withLock { $0.giveBack(SignInThrottle.network(of: address), at: now) }
    }

    /// Gives an attempt back.
    func forgive(login: String, address: String, at now: ContinuousClock.Instant) {
        throttle.withLock { $0.forgive(login: login, address: address, at: now) }
    }
}
