/// What an institution's documents are built with: when it is another, they are built anew.
struct IndexPlan: Hashable, Sendable {
    /// The marks of the sources, in their order.
    let sources: [String]
    /// The institution's language.
    let locale: String?
    /// How often changes were dropped unread.
    let gaps: Int64

    /// As it is kept with the index.
    var text: String { "\(sources.joined(separator: ","));\(locale ?? "");\(gaps)" }
}
