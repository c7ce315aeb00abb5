/// Whether a storm of connections is over, of those who came or of those who left.
///
/// A decision, made once a second from running totals.
struct StormWatch {
    /// Changes after which something may have been left behind.
    static let storm = 1000
    /// Seconds of calm in which it is over.
    static let calm = 3

    private var known = 0
    private var stirred = 0
    private var calmFor = 0

    /// A second has passed.
    ///
    /// - Parameters:
    ///   - joins: How many have come so far.
    ///   - connections: How many are there.
    /// - Returns: Whether a storm has ended with it.
    mutating func tick(joins: Int, connections: Int) -> Bool {
        // Whoever came and is not there any more has left.
        let changes = 2 * joins - connections
        let now = max(0, changes - known)
        known = changes
        stirred += now
        // What comes and goes all day is no storm, and calm is what is little beside one.
        calmFor = now * 100 <= stirred ? calmFor + 1 : 0
        guard stirred >= StormWatch.storm, calmFor >= StormWatch.calm else { return false }
        stirred = 0
        return true
    }
}
