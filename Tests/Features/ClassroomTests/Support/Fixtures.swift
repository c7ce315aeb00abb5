import JSON
import Postgres

@testable import Classroom

let teacher = ClassMember(id: 1, name: "Ada", role: .instructor)
let ann = ClassMember(id: 2, name: "Ann", role: .student)
let bo = ClassMember(id: 3, name: "Bo", role: .student)

/// A class as the database has it.
func liveClass(_ phase: LiveClass.Phase = .live) -> LiveClass {
    LiveClass(
        id: 7, course: 70, courseName: "Biology", title: "Cells", phase: phase, scheduledAt: nil,
        startedAt: nil,
        endedAt: nil, createdAt: 1)
}

/// Reads one JSON value.
func json(_ text: String) throws -> JSONValue { try JSONReader.read(text) }

/// Reads a value that was written.
func value(_ raw: RawJSON) -> JSONValue { (try? JSONReader.read(raw)) ?? .null }

/// A log in memory: what is appended is folded, as the real one does it.
struct FoldedRoom {
    var state: RoomState
    private(set) var events: [(channel: ClassChannel, entry: LogEntry)] = []
    private var now: Int64 = 1_000_000

    init(_ phase: LiveClass.Phase = .live) { state = RoomState(liveClass(phase)) }

    /// Decides, and folds what is appended; returns what was decided.
    @discardableResult
    mutating func act(
        _ command: ClassCommand, by member: ClassMember, _ facts: Facts = Facts(), at: Int64? = nil
    )
        -> Decision
    {
        now += 1
        let decision = state.decide(command, by: member, at: at ?? now, facts)
        if case .append(let draft) = decision { append(draft.body, to: draft.channel) }
        return decision
    }

    mutating func append(_ body: RawJSON, to channel: ClassChannel) {
        let entry = LogEntry(body, offset: state.offset(channel) + 1)
        events.append((channel, entry))
        state.fold(entry, in: channel)
    }

    /// The reason why a command is refused; `nil` when it is not.
    mutating func reason(
        _ command: ClassCommand, by member: ClassMember, _ facts: Facts = Facts(), at: Int64? = nil
    ) -> String? {
        guard case .refuse(let refusal) = act(command, by: member, facts, at: at) else { return nil }
        return refusal.reason.rawValue
    }
}

/// Reads a call's data as a client sends it.
func request(_ method: ClassMethod, _ data: String) throws -> ClassRequest {
    try ClassRequest(method, try json(data))
}

extension ClassCommand {
    /// Board changes as a client sends them.
    static func ops(_ ops: String) throws -> ClassCommand {
        try request(
            .apply, #"{"class":7,"key":"00000000-0000-0000-0000-000000000001","ops":\#(ops)}"#
        ).command
    }
}

/// A small generator whose seed is printed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed ^= mixed >> 33
        return mixed &* 0xFF51_AFD7_ED55_8CCD
    }
}
