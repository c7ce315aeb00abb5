/// The elements that may be written; no other exists.
///
/// None of them runs, loads a document, changes how the text inside it is read (as `style`, `noscript` or `svg` do) or
/// takes input.
enum HTMLElement: String, CaseIterable, Sendable {
    case h1, h2, h3, h4, h5, h6
    case p, div, section, article, header, footer, aside, nav, address
    case blockquote, pre, hr, figure, figcaption, details, summary
    case ul, ol, li, dl, dt, dd
    case table, caption, colgroup, col, thead, tbody, tfoot, tr, th, td
    case a, b, i, u, s, em, strong, small, code, strike
    case span, sub, sup, kbd, samp, `var`, abbr, cite, q, dfn, mark, ins, del, time, bdi, bdo
    case br, wbr, img, audio, video, source, track

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// The element of that lower-case name; `nil` for all that are not written.
    static func named(_ name: String) -> HTMLElement? { byName[name] }

    /// Whether it has neither content nor an end tag.
    var isVoid: Bool {
        switch self {
        case .hr, .br, .wbr, .img, .source, .track, .col: true
        default: false
        }
    }

    var isHeading: Bool {
        switch self {
        case .h1, .h2, .h3, .h4, .h5, .h6: true
        default: false
        }
    }

    /// Whether its start tag ends an open paragraph (HTML §13.2.6.4.7).
    var endsParagraph: Bool {
        switch self {
        case .p, .div, .section, .article, .header, .footer, .aside, .nav, .address, .blockquote, .pre, .hr,
            .figure, .figcaption, .details, .summary, .ul, .ol, .li, .dl, .dt, .dd, .table:
            true
        default: isHeading
        }
    }

    /// A part of a table that stands in it or in another part of it.
    var isTablePart: Bool {
        switch self {
        case .caption, .colgroup, .col, .thead, .tbody, .tfoot, .tr, .th, .td: true
        default: false
        }
    }

    /// An element in which only parts of a table may stand.
    var takesOnlyTableParts: Bool {
        switch self {
        case .table, .colgroup, .thead, .tbody, .tfoot, .tr: true
        default: false
        }
    }

    /// What neither an end tag nor a search for an open element looks beyond.
    var isScope: Bool {
        switch self {
        case .td, .th, .caption, .table: true
        default: false
        }
    }

    /// One of the elements that end tags of others may not close (HTML §13.2.4.2, "special", and not formatting).
    var isSpecial: Bool {
        switch self {
        case .a, .b, .i, .u, .s, .em, .strong, .small, .code, .strike, .span, .sub, .sup, .kbd, .samp, .var,
            .abbr, .cite, .q, .dfn, .mark, .ins, .del, .time, .bdi, .bdo, .audio, .video:
            false
        default: true
        }
    }

    /// Whether its end tag also ends blocks that are open inside of it, as browsers do in their own way.
    var isFormatting: Bool {
        switch self {
        case .a, .b, .i, .u, .s, .em, .strong, .small, .code, .strike: true
        default: false
        }
    }

    /// Whether plain text breaks its line before and after it.
    var isBlock: Bool { endsParagraph || isTablePart && self != .td && self != .th && self != .col }
}
