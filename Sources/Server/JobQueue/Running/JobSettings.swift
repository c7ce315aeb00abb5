/// How a worker works.
package struct JobSettings: Sendable {
    /// Jobs that run at a time.
    package var slots = 16
    /// How long a worker may be silent before others take its jobs; a third of it lies between heartbeats.
    package var lease: Duration = .seconds(30)
    /// How often it looks for work that nobody has told it of, and for leases that have run out.
    package var floor: Duration = .seconds(1)
    /// Institutions that one claim serves of each kind at most; the next goes on with the others.
    package var breadth = 100

    package init() {}

    /// Between two heartbeats: two may fail before the lease runs out.
    var heartbeat: Duration { lease / 3 }
}
