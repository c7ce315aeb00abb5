/// Which of a deployment's databases has an institution's rows.
///
/// Pure: what was read of the routing table is handed in. Databases have numbers; 0 is home, which has the routing table
/// and every institution that stands in it nowhere.
package struct ShardMap: Equatable, Sendable {
    /// The database that every deployment has.
    package static let home = 0
    /// The highest number, so that ids stay below 2^53, which JavaScript reads exactly.
    package static let highest = 511
    /// Ids of one database: its number stands above these bits.
    private static let idBits: Int64 = 44
    /// Institutions remembered as being nowhere; what comes beyond is asked for each time.
    private static let mostNowhere = 1000

    /// What is known of an institution.
    package enum Place: Equatable, Sendable {
        /// Its rows are in the database of this number.
        case shard(Int)
        /// It may have been placed since the table was read: home has to be asked.
        case unknown
    }

    private var placed: [TenantID: Int] = [:]
    private var nowhere: Set<TenantID> = []

    /// Makes a map of nothing but home.
    package init() {}

    /// Where an institution's rows are.
    ///
    /// An id of home's range that the table does not name is home's: only ids of other ranges can have been placed since.
    package func place(of tenant: TenantID) -> Place {
        if let shard = placed[tenant] { return .shard(shard) }
        guard ShardMap.shard(ofID: tenant.rawValue) != ShardMap.home, !nowhere.contains(tenant) else {
            return .shard(ShardMap.home)
        }
        return .unknown
    }

    /// Takes the whole table as it was just read.
    package mutating func replace(with rows: [TenantID: Int]) {
        placed = rows
        nowhere = []
    }

    /// Takes home's answer about one institution; `nil` when the table does not name it.
    package mutating func learn(_ shard: Int?, of tenant: TenantID) {
        if let shard {
            placed[tenant] = shard
            nowhere.remove(tenant)
        } else if nowhere.count < ShardMap.mostNowhere {
            nowhere.insert(tenant)
        }
    }

    /// The number of the database that gave an id.
    package static func shard(ofID id: Int64) -> Int { Int(id >> idBits) }

    /// The ids that a database gives.
    package static func ids(of shard: Int) -> ClosedRange<Int64> {
        precondition((home...highest).contains(shard), "there is no shard \(shard)")
        let first = Int64(shard) << idBits
        return (first + 1)...(first + (1 << idBits) - 1)
    }
}
