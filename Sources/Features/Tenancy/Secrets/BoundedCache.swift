/// A dictionary with a bound, which forgets what was not used for longest, roughly.
///
/// It keeps two generations of at most half the bound each: when the younger one is full, the older one is dropped and
/// the younger takes its place. What is looked up moves to the younger one, so that nothing in use is forgotten. Every
/// operation takes constant time, also at the bound.
struct BoundedCache<Key: Hashable, Value> {
    private let half: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// Makes an empty cache of at most `bound` entries, which must be two or more.
    init(bound: Int) { half = max(1, bound / 2) }

    /// Entries in it now; never above the bound.
    var count: Int { young.count + old.count }

    /// The value of a key; setting one may drop the older generation, setting `nil` removes the key.
    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, key)
            return value
        }
        set {
            // What is among the young is not among the old.
            if let newValue, let place = young.index(forKey: key) {
                young.values[place] = newValue
                return
            }
            old.removeValue(forKey: key)
            guard let newValue else {
                young.removeValue(forKey: key)
                return
            }
            insert(newValue, key)
        }
    }

    private mutating func insert(_ value: Value, _ key: Key) {
        if young[key] == nil, young.count >= half {
            old = young
            young = [:]
        }
        young[key] = value
    }
}

extension BoundedCache: Sendable where Key: Sendable, Value: Sendable {}
