import Postgres
import Testing

struct `A map of shards` {
    private static func id(_ shard: Int, _ number: Int64 = 1) -> TenantID {
        TenantID(rawValue: ShardMap.ids(of: shard).lowerBound + number - 1)
    }

    @Test func `leaves everybody at home whom the table does not name`() {
        let map = ShardMap()
        #expect(map.place(of: TenantID(rawValue: 1)) == .shard(0))
        #expect(map.place(of: TenantID(rawValue: ShardMap.ids(of: 0).upperBound)) == .shard(0))
    }

    @Test func `follows the table, whatever the id says`() {
        var map = ShardMap()
        map.replace(with: [Self.id(1): 1, Self.id(1, 2): 7, TenantID(rawValue: 5): 2])
        #expect(map.place(of: Self.id(1)) == .shard(1))
        #expect(map.place(of: Self.id(1, 2)) == .shard(7))
        #expect(map.place(of: TenantID(rawValue: 5)) == .shard(2))
        map.replace(with: [:])
        #expect(map.place(of: TenantID(rawValue: 5)) == .shard(0))
    }

    @Test func `asks home about one that may have been placed just now, and remembers the answer`() {
        var map = ShardMap()
        #expect(map.place(of: Self.id(3)) == .unknown)
        map.learn(3, of: Self.id(3))
        #expect(map.place(of: Self.id(3)) == .shard(3))
        // Nobody has this one: home, which refuses it, and no question for each request.
        map.learn(nil, of: Self.id(3, 2))
        #expect(map.place(of: Self.id(3, 2)) == .shard(0))
        // The next reading may name it.
        map.replace(with: [:])
        #expect(map.place(of: Self.id(3, 2)) == .unknown)
        map.learn(nil, of: Self.id(3, 2))
        map.learn(3, of: Self.id(3, 2))
        #expect(map.place(of: Self.id(3, 2)) == .shard(3))
    }

    @Test func `remembers a bounded number of those who are nowhere`() {
        var map = ShardMap()
        for number in 1...1001 { map.learn(nil, of: Self.id(1, Int64(number))) }
        #expect(map.place(of: Self.id(1, 1000)) == .shard(0))
        #expect(map.place(of: Self.id(1, 1001)) == .unknown)
    }

    @Test func `gives each shard ids of its own, which JavaScript reads exactly`() {
        var before: Int64 = 0
        for shard in 0...ShardMap.highest {
            let ids = ShardMap.ids(of: shard)
            #expect(ids.lowerBound > before)
            #expect(ShardMap.shard(ofID: ids.lowerBound) == shard)
            #expect(ShardMap.shard(ofID: ids.upperBound) == shard)
            before = ids.upperBound
        }
        #expect(before < 1 << 53)
        #expect(ShardMap.ids(of: 0).lowerBound == 1)
    }
}
