import FuzzKit
import HTML

/// HTML that anybody may have written: sanitizing again changes nothing, nothing that runs is left, tags stand in pairs.
@c(LLVMFuzzerTestOneInput)
package func sanitize(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        var policy = HTMLPolicy()
        policy.ownOrigins = ["https://own.example"]
        do throws(HTMLError) {
            let safe = try HTMLSanitizer.sanitize(text, policy: policy)
            let again = try HTMLSanitizer.sanitize(safe, policy: policy)
            hold(Array(safe.utf8) == Array(again.utf8), "sanitizing again changes:\n  \(safe)\n  \(again)")
            check(Array(safe.utf8))
            let plain = try HTMLSanitizer.plainText(of: text, limit: 100, policy: policy)
            hold(plain.utf8.count <= 100, "a preview is longer than it may be")
        } catch {
            hold(!error.message.isEmpty, "an error has no sentence")
        }
    }
}

/// Walks over what is left: every `<` begins a known tag, every attribute has its value in quotes.
private func check(_ html: [UInt8]) {
    let lower = String(decoding: html, as: UTF8.self).lowercased()
    for name in [
        "script", "style", "iframe", "object", "embed", "svg", "math", "form", "base", "meta", "link",
    ] {
        for end in [">", " ", "/"] { hold(!lower.contains("<\(name)\(end)"), "\(name) is left") }
    }
    var open: [String] = []
    var position = 0
    while position < html.count {
        hold(html[position] != 0, "a NUL is left")
        guard html[position] == UInt8(ascii: "<") else {
            hold(html[position] != UInt8(ascii: ">"), "a > stands alone")
            position += 1
            continue
        }
        position = tag(html, at: position + 1, &open)
    }
    hold(open.isEmpty, "\(open) are left open")
}

private func tag(_ html: [UInt8], at start: Int, _ open: inout [String]) -> Int {
    let void: Set<String> = ["br", "hr", "img", "col", "wbr", "source", "track"]
    var position = start
    let isEnd = html[position] == UInt8(ascii: "/")
    if isEnd { position += 1 }
    var name = ""
    while html[position].isLetterOrDigit {
        name.unicodeScalars.append(Unicode.Scalar(html[position]))
        position += 1
    }
    hold(!name.isEmpty, "a < stands alone")
    if isEnd {
        agree(open.popLast(), name, "an end tag does not fit")
        hold(html[position] == UInt8(ascii: ">"), "an end tag has attributes")
        return position + 1
    }
    while html[position] == UInt8(ascii: " ") {
        position += 1
        var attribute = ""
        while html[position].isLetterOrDigit || html[position] == UInt8(ascii: "-") {
            attribute.unicodeScalars.append(Unicode.Scalar(html[position]))
            position += 1
        }
        hold(!attribute.isEmpty && !attribute.hasPrefix("on"), "the attribute \(attribute) is left")
        guard html[position] == UInt8(ascii: "=") else { continue }
        hold(html[position + 1] == UInt8(ascii: "\""), "a value is not in quotes")
        var end = position + 2
        while html[end] != UInt8(ascii: "\"") { end += 1 }
        let value = String(decoding: html[position + 2..<end], as: UTF8.self).lowercased()
        if ["href", "src", "cite", "action", "formaction"].contains(attribute) {
            for scheme in ["javascript:", "vbscript:", "data:"] {
                hold(!value.hasPrefix(scheme), "an address runs: \(value)")
            }
        }
        position = end + 1
    }
    hold(html[position] == UInt8(ascii: ">"), "a tag does not end")
    if !void.contains(name) { open.append(name) }
    return position + 1
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
