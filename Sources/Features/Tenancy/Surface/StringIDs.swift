package import HTTPTypes
package import WebServer

/// Ids as strings, for clients whose numbers end at 2^53: `Accept: application/json+canvas-string-ids`.
///
/// Numbers under `id`, `…_id` and, within arrays, `…_ids` become strings, in whatever depth; nothing else changes.
package enum StringIDs {
    private static let type = "application/json+canvas-string-ids"

    /// Whether the client asks for it.
    package static func areWanted(_ headers: HTTPFields) -> Bool {
        headers[values: .accept].contains { field in
            field.split(separator: ",").contains { part in
                part.split(separator: ";").first?.filter { $0 != " " }.lowercased() == type
            }
        }
    }

    /// Rewrites an answer that is JSON.
    package static func apply(to response: inout WebResponse) {
        guard case .bytes(let bytes) = response.body,
            response.headers[.contentType]?.hasPrefix("application/json") == true
        else { return }
        response.body = .bytes(rewritten(bytes))
    }

    /// Rewrites JSON text, which must be well formed.
    static func rewritten(_ json: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(json.count + json.count / 16)
        // One flag per open object or array: whether numbers right within it are ids.
        var areIDs: [Bool] = []
        var isID = false
        var name: ArraySlice<UInt8> = []
        var at = 0
        while at < json.count {
            let byte = json[at]
            switch byte {
            case UInt8(ascii: "\""):
                let end = closingQuote(json, after: at)
                name = json[(at + 1)..<end]
                out += json[at...end]
                at = end + 1
                continue
            case UInt8(ascii: ":"): isID = isSingular(name)
            case UInt8(ascii: "["):
                areIDs.append(isPlural(name) && !isID)
                isID = areIDs.last ?? false
                name = []
            case UInt8(ascii: "{"):
                areIDs.append(false)
                isID = false
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                _ = areIDs.popLast()
                isID = false
            case UInt8(ascii: ","): isID = areIDs.last ?? false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                let end = json[at...].firstIndex { !isOfNumber($0) } ?? json.count
                if isID { out.append(UInt8(ascii: "\"")) }
                out += json[at..<end]
                if isID { out.append(UInt8(ascii: "\"")) }
                at = end
                continue
            default: break
            }
            out.append(byte)
            at += 1
        }
        return out
    }

    private static func closingQuote(_ json: [UInt8], after start: Int) -> Int {
        var at = start + 1
        while at < json.count, json[at] != UInt8(ascii: "\"") {
            at += json[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(at, json.count - 1)
    }

    private static func isSingular(_ name: ArraySlice<UInt8>) -> Bool {
        name.elementsEqual("id".utf8) || (name.count > 3 && name.suffix(3).elementsEqual("_id".utf8))
    }

    private static func isPlural(_ name: ArraySlice<UInt8>) -> Bool {
        name.elementsEqual("ids".utf8) || (name.count > 4 && name.suffix(4).elementsEqual("_ids".utf8))
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
