import Synchronization

/// Instruments of one name, told apart by labels that are known only while running.
///
/// Any thread may ask.
///
/// The number of combinations is bounded: whatever comes after the bound shares the instrument labelled `other`, so
/// that nobody can fill the memory with names.
package final class Labelled<Instrument: Sendable>: Sendable {
    private let labels: [String]
    private let limit: Int
    private let make: @Sendable ([String]) -> Instrument
    private let known = Mutex<[[String]: Instrument]>([:])

    init(labels: [String], limit: Int, make: @escaping @Sendable ([String]) -> Instrument) {
        self.labels = labels
        self.limit = limit
        self.make = make
    }

    /// The instrument for these values, one for each label.
    ///
    /// Keep it where the same one is needed often.
    package func with(_ values: String...) -> Instrument {
        precondition(values.count == labels.count, "\(labels.count) values are needed")
        return known.withLock { known in
            if let instrument = known[values] { return instrument }
            let place = known.count < limit ? values : labels.map { _ in "other" }
            if let instrument = known[place] { return instrument }
            let instrument = make(place)
            known[place] = instrument
            return instrument
        }
    }
}
