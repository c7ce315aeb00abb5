import Postgres
import Tenancy
import WebServer

/// All modules of a course, and what one student has done in them.
///
/// Loaded whole: whether something is locked may depend on every module before it. Bounds on modules and items keep that
/// small.
struct ModuleOutline: Sendable {
    /// By position, each with its items.
    var modules: [Module]
    /// `nil` unless a student was named.
    var facts: StudentFacts?

    /// Loads it.
    ///
    /// - Parameters:
    ///   - call: The call about the course.
    ///   - student: Whose deeds are wanted.
    /// - Returns: The outline.
    /// - Throws: What the database throws.
    static func load(_ call: CourseCall, student: Int64? = nil) async throws -> ModuleOutline {
        var batch = TransactionBatch()
        for (statement, values) in statements(call, student) {
            batch.append(statement, values, tenant: call.institution)
        }
        return try await outline(call, student, try await call.pool.run(batch))
    }

    /// Loads it within a transaction, whose course may be held.
    ///
    /// - Parameters:
    ///   - call: The call about the course.
    ///   - student: Whose deeds are wanted.
    ///   - coursework: What was found of assignments and quizzes before; nothing is asked of them here.
    ///   - outcomes: What the student reached in them.
    ///   - transaction: The transaction.
    /// - Returns: The outline.
    /// - Throws: What the database throws.
    static func load(
        _ call: CourseCall, student: Int64? = nil,
        coursework: [CourseworkReference: CourseworkDetails] = [:],
        outcomes: [CourseworkReference: CourseworkOutcome] = [:], in transaction: PostgresTransaction
    ) async throws -> ModuleOutline {
        var outline = try read(try await transaction.query(statements(call, student)), student: student)
        outline.add(coursework)
        outline.facts?.outcomes = outcomes
        return outline
    }

    private static func statements(
        _ call: CourseCall, _ student: Int64?
    ) -> [(Statement, [PostgresValue])] {
        let values = [call.tenant, call.courseValue]
        var statements: [(Statement, [PostgresValue])] = [
            (ModuleQueries.modules, values), (ItemQueries.items, values),
        ]
        if let student {
            for statement in [ModuleQueries.begun, ModuleQueries.itemProgress, ModuleQueries.contributions] {
                statements.append((statement, values + [.int(student)]))
            }
        }
        return statements
    }

    private static func read(_ results: [Rows], student: Int64?) throws -> ModuleOutline {
        var modules = try results[0].map(ModuleQueries.module)
        var items: [Int64: [ModuleItem]] = [:]
        for row in results[1] {
            if let item = try ItemQueries.item(row) { items[item.module, default: []].append(item) }
        }
        for index in modules.indices {
            modules[index].position = Int64(index + 1)
            modules[index].items = items[modules[index].id] ?? []
            for place in modules[index].items.indices {
                modules[index].items[place].position = Int64(place + 1)
            }
        }
        guard student != nil else { return ModuleOutline(modules: modules, facts: nil) }
        var facts = StudentFacts()
        for row in results[2] { facts.begun[try row.int(0)] = .some(try row.timestampMillisecondsOrNil(1)) }
        for row in results[3] {
            if try row.bool(1) { facts.viewed.insert(try row.int(0)) }
            if try row.bool(2) { facts.done.insert(try row.int(0)) }
        }
        for row in results[4] { facts.contributed.insert(try row.int(0)) }
        return ModuleOutline(modules: modules, facts: facts)
    }

    private static func outline(
        _ call: CourseCall, _ student: Int64?, _ results: [Rows]
    ) async throws -> ModuleOutline {
        var outline = try read(results, student: student)
        let items = outline.modules.flatMap(\.items)
        let references = Set(items.compactMap(\.coursework))
        guard !references.isEmpty else { return outline }
        outline.add(try await call.coursework.find(references, for: call))
        guard let student else { return outline }
        let asked = Set(
            items.filter { $0.requirement?.kind == .mustSubmit || $0.requirement?.kind == .minScore }
                .compactMap(\.coursework))
        if !asked.isEmpty {
            outline.facts?.outcomes = try await call.coursework.outcomes(asked, of: student, for: call)
        }
        return outline
    }

    /// Titles and dates of assignments and quizzes.
    private mutating func add(_ details: [CourseworkReference: CourseworkDetails]) {
        for module in modules.indices {
            for item in modules[module].items.indices {
                guard let reference = modules[module].items[item].coursework else { continue }
                modules[module].items[item].details = details[reference]
                if modules[module].items[item].ownTitle == nil {
                    modules[module].items[item].title = details[reference]?.title ?? reference.kind.rawValue
                }
            }
        }
    }

    /// What is known of assignments and quizzes.
    var coursework: [CourseworkReference: CourseworkDetails] {
        var details: [CourseworkReference: CourseworkDetails] = [:]
        for item in modules.flatMap(\.items) {
            if let reference = item.coursework { details[reference] = item.details }
        }
        return details
    }

    /// What each module asks for.
    var prerequisites: [Int64: [Int64]] {
        Dictionary(uniqueKeysWithValues: modules.map { ($0.id, $0.prerequisites) })
    }

    /// The modules in their order.
    var ranks: [SparseOrder.Ranked] { modules.map { SparseOrder.Ranked(id: $0.id, rank: $0.rank) } }

    /// A module by its id.
    func module(_ id: Int64) -> Module? { modules.first { $0.id == id } }
}
