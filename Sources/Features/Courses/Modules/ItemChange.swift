import JSON
import Tenancy
import WebServer

/// What a request wants of an item: what it does not name stays as it is.
struct ItemChange: Hashable, Sendable {
    var title: String?
    var position: Int?
    var indent: Int?
    var externalURL: String?
    var opensNewTab: Bool?
    var isPublished: Bool?
    /// The module that it is to move to.
    var module: Int64?
    var requirement: CompletionRequirement??
    private let requirementPath: String

    /// Reads the members of `module_item`.
    init(_ fields: JSONFields) throws(FieldError) {
        title = try fields.optionalTitle("title")
        position = try fields.optionalInt("position", in: Int.min...Int.max)
        indent = try fields.optionalInt("indent", in: ModuleItem.indents)
        opensNewTab = try fields.optionalBool("new_tab")
        isPublished = try fields.optionalBool("published")
        module = try fields.optionalID("module_id")
        requirementPath = fields.path(of: "completion_requirement.type")
        if let text = try fields.optionalString("external_url", in: 1...2048) {
            guard Self.isWebAddress(text) else {
                throw fields.error(
                    "external_url", .other("must be an address that begins with https:// or http://"))
            }
            externalURL = text
        }
        requirement = try Self.requirement(fields)
    }

    private static func requirement(_ fields: JSONFields) throws(FieldError) -> CompletionRequirement?? {
        guard let value = fields.object["completion_requirement"] else { return .none }
        if value.isNull || value.string == "" { return .some(nil) }
        let members = try fields.fields("completion_requirement")
        if members.object["type"]?.string == "" { return .some(nil) }
        let text = try members.string("type", oneOf: CompletionRequirement.Kind.allCases.map(\.rawValue))
        guard let kind = CompletionRequirement.Kind(rawValue: text) else { return .some(nil) }
        let score = kind == .minScore ? try members.double("min_score", in: 0...1_000_000) : nil
        return CompletionRequirement(kind: kind, minScore: score)
    }

    /// The item after the change, in its module.
    ///
    /// - Throws: 400 for a requirement that cannot be asked of it.
    func applied(to item: ModuleItem) throws(WebError) -> ModuleItem {
        var item = item
        if let title { item.ownTitle = title }
        if let indent { item.indent = Int64(indent) }
        if let externalURL, item.kind == .externalURL || item.kind == .externalTool {
            item.externalURL = externalURL
        }
        if let opensNewTab { item.opensNewTab = opensNewTab }
        if let isPublished { item.isPublished = isPublished }
        if let module { item.module = module }
        if let requirement { item.requirement = requirement }
        if let kind = item.requirement?.kind, !kind.fits(item.kind) {
            throw .invalid(
                "\(kind.rawValue) cannot be asked of an item of type \(item.kind.rawValue).",
                field: requirementPath)
        }
        return item
    }

    /// Whether it begins as addresses of the web do, and holds nothing that has no place in one (RFC 3986 §2).
    static func isWebAddress(_ text: String) -> Bool {
        guard
            // A scheme's case does not count (RFC 3986 §3.1).
            let rest = ["https://", "http://"].first(where: text.lowercased().hasPrefix).map({
                text.dropFirst($0.count)
            }),
            let first = rest.unicodeScalars.first, !"/?#".unicodeScalars.contains(first)
        else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
        }
            && text.utf8.allSatisfy {
                $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
            }
    }
}
