import CHiredis

/// hiredis' reader: RESP2, the protocol of a connection that asked for nothing else.
///
/// Values are built by object functions of our own, so that no reply is built twice and counts are checked before
/// anything is allocated for them.
final class HiredisReader: ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let budget: ElementBudget
    private let limits: ReplyLimits
    /// Bytes fed since the last whole reply.
    private var fed = 0

    /// Makes a reader; `nil` when there is no memory.
    init?(limits: ReplyLimits) {
        functions = .allocate(capacity: 1)
        functions.initialize(
            to: redisReplyObjectFunctions(
                createString: createString, createArray: createArray, createInteger: createInteger,
                createNil: createNil, freeObject: freeObject))
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            return nil
        }
        self.reader = reader
        self.limits = limits
        budget = ElementBudget(limit: limits.elements, depth: limits.depth)
        reader.pointee.privdata = Unmanaged.passUnretained(budget).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisProtocolError) {
        guard let base = bytes.baseAddress else { return }
        fed += bytes.count
        guard fed <= limits.bytes else { throw .tooManyBytes }
        let pointer = base.assumingMemoryBound(to: CChar.self)
        guard redisReaderFeed(reader, pointer, bytes.count) == REDIS_OK else { throw problem }
    }

    func next() throws(RedisProtocolError) -> RedisValue? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw problem }
        guard let object else { return nil }
        // What is left in the reader belongs to the replies that follow.
        fed = reader.pointee.len - reader.pointee.pos
        budget.used = 0
        // Safety: every object is made by `adopt`, which hands out a retained node for a root.
        return Unmanaged<ReplyNode>.fromOpaque(object).takeRetainedValue().value
    }

    private var problem: RedisProtocolError {
        if budget.isExceeded { return .tooManyElements }
        if budget.isTooDeep { return .tooDeep }
        let text = withUnsafeBytes(of: &reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.hasPrefix("No support for nested") ? .tooDeep : .garbage(text)
    }
}

/// Counts the elements of the reply that is being read.
private final class ElementBudget {
    let limit: Int
    let depth: Int
    var used = 0
    var isExceeded = false
    var isTooDeep = false

    init(limit: Int, depth: Int) {
        self.limit = limit
        self.depth = depth
    }
}

/// A reply or an array of one, while hiredis fills it.
private final class ReplyNode {
    private enum Part { case value(RedisValue), node(ReplyNode) }

    private let leaf: RedisValue?
    private var parts: [Part] = []
    let level: Int

    init(leaf: RedisValue) {
        self.leaf = leaf
        level = 0
    }

    init(arrayAt level: Int, capacity: Int) {
        leaf = nil
        self.level = level
        // What is announced is not believed before it comes.
        parts.reserveCapacity(min(capacity, 1024))
    }

    func append(_ value: RedisValue) { parts.append(.value(value)) }
    func append(_ node: ReplyNode) { parts.append(.node(node)) }

    /// The value, once all parts are there; the depth is bounded, so it may recurse.
    var value: RedisValue {
        if let leaf { return leaf }
        return .array(
            parts.map { part in
                switch part {
                case .value(let value): value
                case .node(let node): node.value
                }
            })
    }
}

// MARK: hiredis' object functions

// Safety: hiredis calls these within `redisReaderGetReply` only, so on the reader's loop. A root is handed out retained
// and comes back through `next` or `freeObject`; a nested array is kept by its parent, and a leaf's place in the reader
// is taken by its parent's node, which hiredis compares with NULL and never reads.

private typealias Task = UnsafePointer<redisReadTask>

private func adopt(_ value: RedisValue, _ task: Task?) -> UnsafeMutableRawPointer? {
    guard let parent = task?.pointee.parent?.pointee.obj else {
        return Unmanaged.passRetained(ReplyNode(leaf: value)).toOpaque()
    }
    Unmanaged<ReplyNode>.fromOpaque(parent).takeUnretainedValue().append(value)
    return parent
}

private func createString(
    _ task: Task?, _ text: UnsafeMutablePointer<CChar>?, _ count: Int
) -> UnsafeMutableRawPointer? {
    let bytes = UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : count)
    switch task?.pointee.type {
    case REDIS_REPLY_STATUS: return adopt(.simple(String(decoding: bytes, as: UTF8.self)), task)
    case REDIS_REPLY_ERROR:
        return adopt(.error(RedisServerError(line: String(decoding: bytes, as: UTF8.self))), task)
    default: return adopt(.bulk(Array(bytes)), task)
    }
}

private func createInteger(_ task: Task?, _ number: Int64) -> UnsafeMutableRawPointer? {
    adopt(.integer(number), task)
}

private func createNil(_ task: Task?) -> UnsafeMutableRawPointer? { adopt(.null, task) }

/// Begins an array; `NULL`, which hiredis takes for a lack of memory, when there are too many elements.
private func createArray(_ task: Task?, _ count: CInt) -> UnsafeMutableRawPointer? {
    guard let task, let context = task.pointee.privdata else { return nil }
    let budget = Unmanaged<ElementBudget>.fromOpaque(context).takeUnretainedValue()
    budget.used += Int(count)
    guard budget.used <= budget.limit else {
        budget.isExceeded = true
        return nil
    }
    let parent = task.pointee.parent?.pointee.obj.map {
        Unmanaged<ReplyNode>.fromOpaque($0).takeUnretainedValue()
    }
    let level = (parent?.level ?? 0) + 1
    guard level <= budget.depth else {
        budget.isTooDeep = true
        return nil
    }
    let node = ReplyNode(arrayAt: level, capacity: Int(count))
    guard let parent else { return Unmanaged.passRetained(node).toOpaque() }
    parent.append(node)
    return Unmanaged.passUnretained(node).toOpaque()
}

private func freeObject(_ object: UnsafeMutableRawPointer?) {
    guard let object else { return }
    Unmanaged<ReplyNode>.fromOpaque(object).release()
}
