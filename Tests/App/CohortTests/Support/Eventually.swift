/// Asks again and again until it is so; `false` when it is not within a minute.
///
/// For what happens in another process or on another node, which tells nobody: it is asked, until the deadline.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try await holds() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
