import EventLoop
import JSON

/// What tests change about the demo, by environment variables that count with test endpoints only.
struct DemoTestHooks: Equatable, Sendable {
    /// `NAME:PASSES` ends the process in the middle, at that pass of the fault point.
    static let faultVariable = "COHORT_FAULT_POINT"
    /// A JSON object of variables by node's name, `*` for all: `{"node-2":{"COHORT_REDIS_URL":"…"}}`.
    static let nodesVariable = "COHORT_TEST_NODE_VARIABLES"

    /// The fault point to arm, as it was given.
    let faultPoint: String?
    private let nodes: [String: [String: String]]

    /// Reads the variables.
    ///
    /// - Throws: ``DemoProblem/testHook(_:)`` when one cannot be read, or is set without test endpoints.
    init(environment: [String: String], isAllowed: Bool) throws(DemoProblem) {
        func given(_ name: String) throws(DemoProblem) -> String? {
            guard let text = environment[name], !text.isEmpty else { return nil }
            guard isAllowed else { throw .testHook("\(name) is set, but --test-endpoints is not given") }
            return text
        }
        faultPoint = try given(DemoTestHooks.faultVariable)
        if let faultPoint { _ = try DemoTestHooks.fault(faultPoint) }
        guard let text = try given(DemoTestHooks.nodesVariable) else {
            nodes = [:]
            return
        }
        guard let object = (try? JSONReader.read(Array(text.utf8)))?.object else {
            throw .testHook("\(DemoTestHooks.nodesVariable) is no JSON object")
        }
        var found: [String: [String: String]] = [:]
        for node in object.members {
            for variable in node.value.object?.members ?? [] {
                found[node.name, default: [:]][variable.name] = variable.value.string
            }
        }
        nodes = found
    }

    /// What one node is told besides what all demos' nodes are.
    func variables(of node: String) -> [String: String] {
        (nodes["*"] ?? [:]).merging(nodes[node] ?? [:]) { $1 }
    }

    /// Whether all nodes are told of a Redis, so that the demo needs none of its own.
    var hasRedis: Bool { nodes["*"]?["COHORT_REDIS_URL"] != nil }

    /// Arms the fault point, in this process.
    func armFaultPoint() throws(DemoProblem) {
        guard let faultPoint else { return }
        let (point, passes) = try DemoTestHooks.fault(faultPoint)
        point.arm(passes: passes)
    }

    private static func fault(_ text: String) throws(DemoProblem) -> (FaultPoint, passes: Int) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let point = FaultPoint(rawValue: String(name)),
            let passes = parts.count == 2 ? Int(parts[1]) : 1, passes > 0
        else {
            let names = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw .testHook(
                "\(faultVariable) is \"\(text)\"; it must be NAME:PASSES with a NAME of \(names)")
        }
        return (point, passes)
    }
}
