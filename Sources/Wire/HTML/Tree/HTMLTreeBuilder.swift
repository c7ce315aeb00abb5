/// Makes a tree of allowed elements out of tags in any order: what is not closed is closed, what does not fit is moved
/// into something it fits in, or loses its tag.
///
/// The tree is one that browsers build again from its text: no block in a paragraph, no link in a link, no table but of
/// rows of cells (HTML §13.2.6). So nothing is read differently by the reader's browser, and nothing moves. Every step
/// takes a time bounded by the depth limit.
struct HTMLTreeBuilder<Sink: HTMLSink> {
    private(set) var sink: Sink
    private var open: [HTMLElement] = []
    private let depthLimit: Int
    /// Room that a table needs for its own parts.
    private static var tableDepth: Int { 4 }

    init(_ sink: Sink, depthLimit: Int) {
        self.sink = sink
        self.depthLimit = depthLimit
    }

    /// Whether an element of that kind is open, however far out.
    func isInside(_ element: HTMLElement) -> Bool { open.contains(element) }

    mutating func text(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if open.last?.takesOnlyTableParts == true, !bytes.allSatisfy(ASCII.isSpace) { openCell() }
        sink.text(bytes)
    }

    /// Closes everything.
    mutating func finish() { close(downTo: 0) }

    // MARK: Start tags

    mutating func start(_ element: HTMLElement, _ attributes: [HTMLAttribute]) {
        if element.isTablePart { return startTablePart(element, attributes) }
        if element == .source || element == .track, open.last != .audio, open.last != .video { return }
        if open.last?.takesOnlyTableParts == true { openCell() }
        switch element {
        case .li: closeItem([.li])
        case .dt, .dd: closeItem([.dt, .dd])
        case .a:
            if let place = placeInScope({ $0 == .a }) {
                close(downTo: place)
            } else if isInside(.a) {
                return
            }
        default: break
        }
        if element.endsParagraph, let place = placeInScope({ $0 == .p }) { close(downTo: place) }
        if element.isHeading, let last = open.last, last.isHeading { close(downTo: open.count - 1) }
        let depth = open.count + (element == .table ? Self.tableDepth : 0)
        guard depth < depthLimit else { return }
        push(element, attributes)
    }

    private mutating func push(_ element: HTMLElement, _ attributes: [HTMLAttribute] = []) {
        sink.open(element, attributes)
        if !element.isVoid { open.append(element) }
    }

    /// Ends the item before, if the new one is not in a list of its own.
    private mutating func closeItem(_ items: Set<HTMLElement>) {
        for place in open.indices.reversed() {
            if items.contains(open[place]) { return close(downTo: place) }
            if open[place].isSpecial, ![.address, .div, .p].contains(open[place]) { return }
        }
    }

    // MARK: Tables

    private mutating func startTablePart(_ element: HTMLElement, _ attributes: [HTMLAttribute]) {
        guard let table = open.lastIndex(of: .table) else { return }
        switch element {
        case .col:
            if open.last != .colgroup {
                close(downTo: table + 1)
                push(.colgroup)
            }
        case .tr:
            close(toOneOf: [.thead, .tbody, .tfoot, .table])
            if open.last == .table { push(.tbody) }
        case .td, .th:
            close(toOneOf: [.tr, .thead, .tbody, .tfoot, .table])
            openRow()
        default: close(downTo: table + 1)
        }
        push(element, attributes)
    }

    /// Makes the innermost element of these kinds the innermost of all.
    private mutating func close(toOneOf kinds: Set<HTMLElement>) {
        guard let place = open.lastIndex(where: kinds.contains) else { return }
        close(downTo: place + 1)
    }

    private mutating func openRow() {
        if open.last == .table { push(.tbody) }
        if open.last != .tr { push(.tr) }
    }

    /// Content between the parts of a table gets a cell.
    private mutating func openCell() {
        if open.last == .colgroup { close(downTo: open.count - 1) }
        openRow()
        push(.td)
    }

    // MARK: End tags

    mutating func end(_ element: HTMLElement) {
        if element == .br { return start(.br, []) }
        guard !element.isVoid else { return }
        if element == .table {
            if let place = open.lastIndex(of: .table) { close(downTo: place) }
        } else if element.isTablePart {
            guard let table = open.lastIndex(of: .table),
                let place = open.lastIndex(of: element), place > table
            else { return }
            close(downTo: place)
        } else if element.isHeading {
            if let place = placeInScope({ $0.isHeading }) { close(downTo: place) }
        } else if element.isFormatting || element.isSpecial {
            if let place = placeInScope({ $0 == element }) { close(downTo: place) }
        } else {
            for place in open.indices.reversed() {
                if open[place] == element { return close(downTo: place) }
                if open[place].isSpecial { return }
            }
        }
    }

    private func placeInScope(_ isWanted: (HTMLElement) -> Bool) -> Int? {
        for place in open.indices.reversed() {
            if isWanted(open[place]) { return place }
            if open[place].isScope { return nil }
        }
        return nil
    }

    private mutating func close(downTo count: Int) {
        while open.count > count { sink.close(open.removeLast()) }
    }
}
