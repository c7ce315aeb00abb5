import JSON

/// One signal as it was read; what is malformed is dropped without a word.
struct SignalRequest: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case cursor(x: Double, y: Double)
        case stroke(LiveStroke, isDone: Bool)
        case typing
    }

    /// A stroke in motion: the points since the last signal.
    struct LiveStroke: Hashable, Sendable {
        let id: String
        let kind: BoardElement.Kind
        let color: String
        let size: Double
        let points: [Double]
    }

    /// Numbers in one signal's points.
    static let coordinates = 512

    /// The class's id.
    let id: Int64
    let content: Content

    init(_ signal: ClassSignal, _ data: JSONValue) throws(FieldError) {
        let fields = try JSONFields(data)
        id = try fields.id("class")
        switch signal {
        case .cursor:
            content = .cursor(
                x: try fields.double("x", in: BoardLimits.coordinate),
                y: try fields.double("y", in: BoardLimits.coordinate))
        case .stroke:
            content = .stroke(
                try LiveStroke(try fields.fields("stroke")), isDone: try fields.optionalBool("done") ?? false)
        case .typing: content = .typing
        }
    }

    /// The event that others receive.
    func event(by member: ClassMember) -> RawJSON {
        switch content {
        case .cursor(let x, let y):
            EventBody.ephemeral("board.cursor", by: member) { json in
                json.member("x", x)
                json.member("y", y)
            }
        case .stroke(let stroke, let isDone):
            EventBody.ephemeral("board.stroke.live", by: member) { json in
                json.object("stroke") { stroke.write(&$0) }
                if isDone { json.member("done", true) }
            }
        case .typing: EventBody.ephemeral("chat.typing", by: member)
        }
    }
}

extension SignalRequest.LiveStroke {
    init(_ fields: JSONFields) throws(FieldError) {
        id = try fields.boardID("id")
        kind = try fields.boardKind()
        color = try fields.boardColor("color") ?? "ink"
        size = try fields.optionalDouble("size", in: BoardLimits.size) ?? 2
        let points =
            try fields.has("points")
            ? fields.doubles("points", in: 0...SignalRequest.coordinates, each: BoardLimits.coordinate) : []
        guard points.count.isMultiple(of: 2) else {
            throw fields.error("points", .other("must have an even number of numbers"))
        }
        self.points = points
    }

    /// Writes the members into an open object.
    func write(_ json: inout JSONWriter) {
        json.member("id", id)
        json.member("kind", kind.rawValue)
        json.member("color", color)
        json.member("size", size)
        json.array("points", of: points) { $0.double($1) }
    }
}
