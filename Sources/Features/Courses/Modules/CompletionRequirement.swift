/// What a student must do with an item before it is completed.
struct CompletionRequirement: Hashable, Sendable {
    /// The kinds, in Canvas's words.
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case mustView = "must_view"
        case mustContribute = "must_contribute"
        case mustSubmit = "must_submit"
        case mustMarkDone = "must_mark_done"
        case minScore = "min_score"

        /// Whether it can be asked of an item of that kind.
        func fits(_ item: ModuleItem.Kind) -> Bool {
            switch self {
            case .mustView, .mustMarkDone: item != .subHeader
            case .mustContribute: item == .discussion
            case .mustSubmit, .minScore: item == .assignment || item == .quiz
            }
        }
    }

    let kind: Kind
    /// The score to be reached, of ``Kind/minScore`` alone.
    let minScore: Double?
}
