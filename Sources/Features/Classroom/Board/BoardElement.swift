import JSON

/// One thing on the whiteboard.
struct BoardElement: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case pen, line, rect, ellipse, text
    }

    /// Made by the client that drew it.
    let id: String
    let kind: Kind
    var shape: BoardShape
    /// Order of painting: higher is in front.
    var z: Int
    /// 1 when added, one more with each patch.
    var version: Int
    let author: Int64

    /// About how many bytes it takes as JSON.
    var weight: Int { 120 + shape.weight }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.rawValue)
            shape.write(&json)
            json.member("z", z)
            json.member("version", version)
            json.member("author", author)
        }
    }
}

/// How an element looks and where it lies.
///
/// Which fields there are depends on the kind.
struct BoardShape: Hashable, Sendable {
    /// `[x,y,x,y,…]` of pens and lines; kept as text, which is smaller than numbers and spliced in when written.
    var points: RawJSON?
    /// One number for each point, of pens.
    var pressure: RawJSON?
    var x: Double?
    var y: Double?
    var w: Double?
    var h: Double?
    var text: String?
    /// `#rrggbb`, or the name of a colour of the theme.
    var color: String
    /// Width of the stroke, or height of the text.
    var size: Double
    var fill: String?

    var weight: Int {
        (points?.bytes.count ?? 0) + (pressure?.bytes.count ?? 0) + (text?.utf8.count ?? 0)
    }

    func write(_ json: inout JSONWriter) {
        json.member("points", points)
        json.member("pressure", pressure)
        json.member("x", x)
        json.member("y", y)
        json.member("w", w)
        json.member("h", h)
        json.member("text", text)
        json.member("color", color)
        json.member("size", size)
        json.member("fill", fill)
    }
}

/// What is to be different about an element; `nil` stays as it is.
struct BoardPatch: Hashable, Sendable {
    enum Fill: Hashable, Sendable {
        case none
        case color(String)
    }

    var points: RawJSON?
    var x: Double?
    var y: Double?
    var w: Double?
    var h: Double?
    var text: String?
    var color: String?
    var size: Double?
    var fill: Fill?

    var isEmpty: Bool { self == BoardPatch() }

    /// Whether an element of this kind has the fields that the patch names.
    func fits(_ kind: BoardElement.Kind) -> Bool {
        let hasPoints = kind == .pen || kind == .line
        let hasBox = !hasPoints
        if points != nil && !hasPoints { return false }
        if (x ?? y ?? w ?? h) != nil && !hasBox { return false }
        if text != nil && kind != .text { return false }
        return fill == nil || kind == .rect || kind == .ellipse
    }

    func applied(to shape: BoardShape) -> BoardShape {
        var changed = shape
        if let points { changed.points = points }
        if let x { changed.x = x }
        if let y { changed.y = y }
        if let w { changed.w = w }
        if let h { changed.h = h }
        if let text { changed.text = text }
        if let color { changed.color = color }
        if let size { changed.size = size }
        switch fill {
        case nil: break
        case .some(.none): changed.fill = nil
        case .some(.color(let color)): changed.fill = color
        }
        return changed
    }

    /// The patch that takes this one back.
    func inverse(of shape: BoardShape) -> BoardPatch {
        var inverse = BoardPatch()
        if points != nil { inverse.points = shape.points }
        if x != nil { inverse.x = shape.x }
        if y != nil { inverse.y = shape.y }
        if w != nil { inverse.w = shape.w }
        if h != nil { inverse.h = shape.h }
        if text != nil { inverse.text = shape.text }
        if color != nil { inverse.color = shape.color }
        if size != nil { inverse.size = shape.size }
        if fill != nil { inverse.fill = shape.fill.map(Fill.color) ?? Fill.none }
        return inverse
    }

    var weight: Int { 40 + (points?.bytes.count ?? 0) + (text?.utf8.count ?? 0) }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("points", points)
            json.member("x", x)
            json.member("y", y)
            json.member("w", w)
            json.member("h", h)
            json.member("text", text)
            json.member("color", color)
            json.member("size", size)
            switch fill {
            case nil: break
            case .some(.none): json.nullMember("fill")
            case .some(.color(let color)): json.member("fill", color)
            }
        }
    }
}
