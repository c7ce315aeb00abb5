import JSON

/// What a whiteboard may hold.
enum BoardLimits {
    /// Operations of one `board.apply`.
    static let operations = 100
    /// Numbers in `points`: two for each of 1,500 points.
    static let coordinates = 3_000
    static let elements = 5_000
    /// Bytes of all elements together, about as JSON has them.
    static let bytes = 2 << 20
    static let idLength = 40
    static let textLength = 4_000
    static let coordinate = -1_000_000.0...1_000_000.0
    static let size = 0.1...1_000.0
    /// Changes of one author that can be undone, and the bytes that they may hold together.
    static let undoable = 100
    static let undoableBytes = 1 << 20
}

/// Reads elements and operations; every complaint names its field.
extension JSONFields {
    func boardRequests() throws(FieldError) -> [BoardRequest] {
        let ops = try objects("ops", in: 1...BoardLimits.operations)
        var requests: [BoardRequest] = []
        for op in ops {
            let request = try op.boardRequest()
            if request == .undo || request == .redo, ops.count > 1 {
                throw op.error("op", .other("must stand alone"))
            }
            requests.append(request)
        }
        return requests
    }

    private func boardRequest() throws(FieldError) -> BoardRequest {
        switch try string("op", oneOf: ["add", "patch", "delete", "clear", "undo", "redo"]) {
        case "add":
            let element = try fields("element")
            let kind = try element.boardKind()
            return .add(id: try element.boardID("id"), kind: kind, try element.boardShape(of: kind))
        case "patch":
            let set = try fields("set")
            let patch = try set.boardPatch()
            guard !patch.isEmpty else { throw error("set", .other("must name what is to be different")) }
            return .patch(id: try boardID("id"), patch)
        case "delete":
            return .delete(try strings("ids", in: 1...BoardLimits.elements, each: 1...BoardLimits.idLength))
        case "clear": return .clear
        case "undo": return .undo
        default: return .redo
        }
    }

    func boardID(_ name: String) throws(FieldError) -> String {
        let id = try string(name, in: 1...BoardLimits.idLength)
        guard id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw error(name, .other("must have visible ASCII characters only"))
        }
        return id
    }

    func boardKind() throws(FieldError) -> BoardElement.Kind {
        let kinds = BoardElement.Kind.allCases.map(\.rawValue)
        guard let kind = BoardElement.Kind(rawValue: try string("kind", oneOf: kinds)) else {
            throw error("kind", .notOneOf(kinds))
        }
        return kind
    }

    func boardShape(of kind: BoardElement.Kind) throws(FieldError) -> BoardShape {
        var shape = BoardShape(
            color: try boardColor("color") ?? "ink",
            size: try optionalDouble("size", in: BoardLimits.size) ?? 2)
        switch kind {
        case .pen, .line:
            let points = try boardPoints()
            shape.points = points.text
            if kind == .pen, has("pressure") {
                let pressure = try doubles("pressure", in: 0...BoardLimits.coordinates / 2, each: 0...1)
                guard pressure.count == points.count / 2 else {
                    throw error("pressure", .other("must have one number for each point"))
                }
                shape.pressure = JSONFields.written(pressure)
            }
        case .rect, .ellipse, .text:
            shape.x = try double("x", in: BoardLimits.coordinate)
            shape.y = try double("y", in: BoardLimits.coordinate)
            shape.w = try double("w", in: BoardLimits.coordinate)
            shape.h = try double("h", in: BoardLimits.coordinate)
            if kind == .text {
                shape.text = try string("text", in: 1...BoardLimits.textLength)
            } else {
                shape.fill = try boardColor("fill")
            }
        }
        return shape
    }

    func boardPatch() throws(FieldError) -> BoardPatch {
        var patch = BoardPatch()
        if has("points") { patch.points = try boardPoints().text }
        patch.x = try optionalDouble("x", in: BoardLimits.coordinate)
        patch.y = try optionalDouble("y", in: BoardLimits.coordinate)
        patch.w = try optionalDouble("w", in: BoardLimits.coordinate)
        patch.h = try optionalDouble("h", in: BoardLimits.coordinate)
        patch.text = try optionalString("text", in: 1...BoardLimits.textLength)
        patch.color = try boardColor("color")
        patch.size = try optionalDouble("size", in: BoardLimits.size)
        if let fill = object["fill"] {
            patch.fill =
                fill.isNull ? BoardPatch.Fill.none : try boardColor("fill").map(BoardPatch.Fill.color)
        }
        return patch
    }

    private func boardPoints() throws(FieldError) -> (text: RawJSON, count: Int) {
        let points = try doubles("points", in: 2...BoardLimits.coordinates, each: BoardLimits.coordinate)
        guard points.count.isMultiple(of: 2) else {
            throw error("points", .other("must have an even number of numbers"))
        }
        return (JSONFields.written(points), points.count)
    }

    /// `#rrggbb` in either case, or a theme colour's name of 1 to 16 small letters.
    func boardColor(_ name: String) throws(FieldError) -> String? {
        guard let color = try optionalString(name, max: 16) else { return nil }
        let bytes = Array(color.utf8)
        let isName = !bytes.isEmpty && bytes.allSatisfy { (0x61...0x7A).contains($0) }
        let isHex =
            bytes.count == 7 && bytes[0] == UInt8(ascii: "#")
            && bytes.dropFirst().allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20)
            }
        guard isName || isHex else {
            throw error(name, .other("must be a colour as #rrggbb or a colour's name"))
        }
        return color
    }

    private static func written(_ numbers: [Double]) -> RawJSON {
        RawJSON { json in json.array(of: numbers) { $0.double($1) } }
    }
}

extension BoardElement {
    /// Reads an element as events and snapshots carry it.
    init(stored fields: JSONFields) throws(FieldError) {
        kind = try fields.boardKind()
        id = try fields.boardID("id")
        shape = try fields.boardShape(of: kind)
        z = try fields.int("z", in: 0...Int(JSONFields.largestID))
        version = try fields.int("version", in: 1...Int(JSONFields.largestID))
        author = try fields.id("author")
    }
}

extension BoardOperation {
    /// Reads an operation as events carry it.
    init(stored fields: JSONFields) throws(FieldError) {
        switch try fields.string("op", oneOf: ["add", "patch", "delete", "clear"]) {
        case "add": self = .add(try BoardElement(stored: try fields.fields("element")))
        case "patch": self = .patch(id: try fields.boardID("id"), try fields.fields("set").boardPatch())
        case "delete":
            self = .delete(
                try fields.strings("ids", in: 0...BoardLimits.elements, each: 1...BoardLimits.idLength))
        default: self = .clear
        }
    }
}
