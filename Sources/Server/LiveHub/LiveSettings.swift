package import JSON

/// Bounds and intervals of the live layer.
///
/// Every bound's behaviour is told at its name.
package struct LiveSettings: Sendable {
    /// Seconds between two pings of the server; 0 for none.
    package var pingSeconds = 25
    /// Seconds that a client may take to answer a ping; then it is disconnected (3012).
    package var pongSeconds = 10
    /// How long a connection may stay without `connect`; then it is disconnected (3502).
    package var connectWithin: Duration = .seconds(10)
    /// How long a connection or subscription whose token has run out is left alone, so that a fresh token can come.
    package var expiryGrace: Duration = .seconds(25)
    /// Seconds between two looks whether the callers of open sessions are still who they were.
    ///
    /// What was withdrawn must be felt within two.
    package var credentialSeconds = 1
    /// Subscriptions of one session; more are refused (106).
    ///
    /// What the server subscribes to counts, too.
    package var subscriptionsPerSession = 128
    /// Commands a second, in the long run and at once; more are refused (111), signals are dropped.
    package var commandsPerSecond = 50
    package var commandBurst = 200
    /// The largest message of a client; a connection may send at least so many bytes at once.
    package var messageBytes = 1 << 16
    /// What a user, a class and an institution may do on this node; ``LiveLimit`` says what is told beyond.
    ///
    package var userLimits = PartyLimits.user
    /// Whether a user's messages are bounded by twice what one connection may send, where nothing else is set.
    package var boundsUserMessages = true
    package var groupLimits = PartyLimits.group
    package var institutionLimits = PartyLimits.institution
    /// Connections of one loop that are let in a second, in the long run and at once; more are answered with a temporary
    /// error (111) and come again with their own backoff.
    package var admissionsPerSecond = 5000
    package var admissionBurst = 10_000
    /// Bytes that may wait for a slow reader before ephemeral publications are left out for it.
    ///
    /// While more waits, nothing that was asked for is read either: pages of the past and other long replies follow once the
    /// reader has taken what it has.
    package var ephemeralBudget = 64 << 10
    /// Reads of one connection that wait so; more are refused (111).
    package var waitingReads = 64
    /// Bytes that may wait for a slow reader; beyond, it is disconnected (3008) and resumes by offset.
    package var sessionBudget = 1 << 20
    /// Publications of a log channel that each loop keeps at hand, and their bytes.
    package var recentCount = 512
    package var recentBytes = 1 << 20
    /// Publications that one reply or one page of catching up carries, and their bytes; one that is larger goes alone.
    package var pageCount = 256
    package var pageBytes = 128 << 10
    /// Bytes of publications in one reply to `history`; what is beyond is asked for behind the last one.
    package var historyBytes = 512 << 10
    /// How long a channel without members is kept.
    package var linger: Duration = .seconds(20)
    /// How long a node that stands aside is only not ready, so that balancers see it, before it closes sessions.
    package var asideNotice: Duration = .seconds(2)
    /// Over which time the sessions of a node that stops or stands aside are closed, at most.
    package var closingWindow: Duration = .seconds(10)
    /// The server's name and version, as the connect reply tells them.
    package var version = "cohort"
    /// Limits in force, as the connect reply's `data` tells them.
    package var limits: RawJSON = .emptyObject

    package init() {}

    /// What one connection may send.
    package var connectionRates: ConnectionRates {
        ConnectionRates(
            commandsPerSecond: commandsPerSecond, burst: commandBurst, messageBytes: messageBytes)
    }

    /// A user's limits, with what follows from those of a connection.
    var wholeUserLimits: PartyLimits {
        var limits = userLimits
        if boundsUserMessages {
            limits.allowTwice(commandsPerSecond: commandsPerSecond, burst: commandBurst)
        }
        return limits
    }
}
