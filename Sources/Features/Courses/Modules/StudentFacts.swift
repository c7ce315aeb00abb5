/// What one student has done in a course, as far as modules ask.
struct StudentFacts: Hashable, Sendable {
    /// Items that were looked at.
    var viewed: Set<Int64> = []
    /// Items that were marked as done.
    var done: Set<Int64> = []
    /// Discussions that something was said in.
    var contributed: Set<Int64> = []
    /// Assignments and quizzes.
    var outcomes: [CourseworkReference: CourseworkOutcome] = [:]
    /// Modules that were begun, and when they were completed; milliseconds since 1970.
    var begun: [Int64: Int64?] = [:]

    /// Whether the item's requirement is met; one without any is.
    func meet(_ item: ModuleItem) -> Bool {
        guard let requirement = item.requirement else { return true }
        let outcome = item.coursework.flatMap { outcomes[$0] }
        switch requirement.kind {
        case .mustView: return viewed.contains(item.id)
        case .mustMarkDone: return done.contains(item.id)
        case .mustContribute: return item.content.map { contributed.contains($0) } ?? false
        case .mustSubmit: return outcome?.isSubmitted ?? false
        case .minScore:
            guard let score = outcome?.score, let least = requirement.minScore else { return false }
            return score >= least
        }
    }
}
