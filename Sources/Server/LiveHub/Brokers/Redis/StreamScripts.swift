import Redis

/// The scripts of stream channels: what they do happens at once or not at all.
///
/// A stream lies in two keys of one slot: `meta`, a hash with the epoch `e` and the newest offset `t`, and `stream`, a
/// Redis Stream whose entries bear offsets as ids and in `d` what stands behind the first line of their frame.
enum StreamScripts {
    /// How long a stream that nobody publishes to keeps its epoch and position, in milliseconds: longer than any class.
    static let metaLifetime = 7 * 24 * 3600 * 1000
    /// How long a publication's key is remembered, in milliseconds: longer than it is tried again.
    static let keyLifetime = 60_000

    /// Publishes once for its key.
    ///
    /// Keys: meta, stream, the publication's key. Arguments: the epoch of a new stream, size, lifetime in milliseconds,
    /// the topic, the frame up to the epoch, the frame behind the offset, the command that publishes, the
    /// lifetimes of meta and key. Returns the offset, the epoch, and 1 when it had been published before.
    static let publish = RedisScript(
        """
        local known = redis.call('HMGET', KEYS[3], 't', 'e')
        if known[1] then return {tonumber(known[1]), known[2], 1} end
        local epoch = redis.call('HGET', KEYS[1], 'e')
        if not epoch then
            epoch = ARGV[1]
            redis.call('DEL', KEYS[1], KEYS[2])
            redis.call('HSET', KEYS[1], 'e', epoch)
        end
        local offset = redis.call('HINCRBY', KEYS[1], 't', 1)
        redis.call('PEXPIRE', KEYS[1], ARGV[8])
        if tonumber(ARGV[2]) > 0 then
            redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[2], offset .. '-0', 'd', ARGV[6])
            redis.call('PEXPIRE', KEYS[2], ARGV[3])
        end
        redis.call('HSET', KEYS[3], 't', offset, 'e', epoch)
        redis.call('PEXPIRE', KEYS[3], ARGV[9])
        redis.call(ARGV[7], ARGV[4], ARGV[5] .. epoch .. ' ' .. offset .. ARGV[6])
        return {offset, epoch, 0}
        """)

    /// Reads a part of the history.
    ///
    /// Keys: meta, stream. Arguments: the epoch of a new stream, the first and the last id in the order of reading,
    /// how many at most (0 for none), 1 to read backwards, the lifetime of meta. Returns the offset, the epoch and the entries.
    static let history = RedisScript(
        """
        local meta = redis.call('HMGET', KEYS[1], 't', 'e')
        if not meta[2] then
            redis.call('DEL', KEYS[1], KEYS[2])
            redis.call('HSET', KEYS[1], 'e', ARGV[1], 't', 0)
            meta = {0, ARGV[1]}
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[6])
        local found = {}
        if tonumber(ARGV[4]) > 0 then
            local word = ARGV[5] == '1' and 'XREVRANGE' or 'XRANGE'
            found = redis.call(word, KEYS[2], ARGV[2], ARGV[3], 'COUNT', ARGV[4])
        end
        return {tonumber(meta[1] or 0), meta[2], found}
        """)
}
