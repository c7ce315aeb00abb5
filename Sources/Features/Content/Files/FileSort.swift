import Courses
import JSON

/// By what a list of files is sorted, in Canvas's words.
enum FileSort: String, Hashable, Sendable, CaseIterable {
    case name
    case size
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case contentType = "content_type"
    case user

    /// The order, with the id behind it.
    func order(_ direction: SortDirection) -> ListOrder {
        let isDescending = direction == .descending
        return switch self {
        case .name: ListOrder("lower(f.display_name)", .text, isDescending: isDescending)
        case .size: ListOrder("f.size", .bigint, isDescending: isDescending)
        case .createdAt:
            ListOrder(ListOrder.microseconds("f.created_at"), .bigint, isDescending: isDescending)
        case .updatedAt:
            ListOrder(ListOrder.microseconds("f.updated_at"), .bigint, isDescending: isDescending)
        case .contentType: ListOrder("f.content_type", .text, isDescending: isDescending)
        case .user:
            ListOrder(
                """
                coalesce((SELECT lower(o.sortable_name) FROM users o WHERE o.institution_id = $1 AND o.id = f.owner_id), '')
                """, .text, isDescending: isDescending)
        }
    }
}

/// What a list of files is asked for besides its page.
struct FileWishes: Hashable, Sendable {
    let sort: FileSort
    let direction: SortDirection
    /// Whether who has put a file there is told.
    let includesUser: Bool
    /// Whether names are all that is told.
    let isOfNames: Bool

    /// Reads `sort`, `order`, `include[]` and `only[]`.
    ///
    /// - Throws: An error that names the field when something else is wanted.
    init(_ query: JSONFields, include: [String], only: [String]) throws(FieldError) {
        sort =
            try query.optionalString("sort", oneOf: FileSort.allCases.map(\.rawValue))
            .flatMap(FileSort.init(rawValue:)) ?? .name
        direction =
            try query.optionalString("order", oneOf: SortDirection.allCases.map(\.rawValue))
            .flatMap(SortDirection.init(rawValue:)) ?? .ascending
        isOfNames = only.contains("names")
        includesUser = include.contains("user") || sort == .user
    }
}
