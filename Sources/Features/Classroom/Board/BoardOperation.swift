import JSON

/// One change of the whiteboard as events carry it: fully known, to be applied as it is.
enum BoardOperation: Hashable, Sendable {
    case add(BoardElement)
    case patch(id: String, BoardPatch)
    case delete([String])
    case clear

    var weight: Int {
        switch self {
        case .add(let element): element.weight
        case .patch(_, let patch): patch.weight
        case .delete(let ids): ids.reduce(32) { $0 + $1.utf8.count + 3 }
        case .clear: 16
        }
    }

    /// Writes the operation; `version` is the element's after a patch, for information.
    func write(_ json: inout JSONWriter, version: Int? = nil) {
        json.object { json in
            switch self {
            case .add(let element):
                json.member("op", "add")
                json.name("element")
                element.write(&json)
            case .patch(let id, let patch):
                json.member("op", "patch")
                json.member("id", id)
                json.name("set")
                patch.write(&json)
                json.member("version", version)
            case .delete(let ids):
                json.member("op", "delete")
                json.array("ids", of: ids) { $0.string($1) }
            case .clear: json.member("op", "clear")
            }
        }
    }
}

/// One change of the whiteboard as a client asks for it.
enum BoardRequest: Hashable, Sendable {
    case add(id: String, kind: BoardElement.Kind, BoardShape)
    case patch(id: String, BoardPatch)
    case delete([String])
    case clear
    /// The caller's own last change, taken back.
    case undo
    /// The caller's own last undo, taken back.
    case redo
}
