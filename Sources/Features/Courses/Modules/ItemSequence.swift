/// What comes before and after an item, across modules; headings lead nowhere and are passed over.
struct ItemSequence: Hashable, Sendable {
    /// Places of one thing that are told at most.
    static let most = 10

    let previous: ModuleItem?
    let current: ModuleItem
    let next: ModuleItem?

    /// The places of what is looked for, in the order of the modules.
    static func find(in modules: [Module], where isWanted: (ModuleItem) -> Bool) -> [ItemSequence] {
        let items = modules.flatMap(\.items)
        return items.indices.filter { isWanted(items[$0]) }.prefix(most).map { index in
            ItemSequence(
                previous: items[..<index].last { $0.kind != .subHeader }, current: items[index],
                next: items[(index + 1)...].first { $0.kind != .subHeader })
        }
    }
}
