import FuzzKit
import HTTP
import HTTPTypes

/// What is read out of single fields: what can be written again is read as the same.
enum FieldChecks {
    static func check(_ head: RequestHead) {
        if let segments = try? head.target.segments() {
            for segment in segments {
                let again = PercentCoding.encode(segment)
                agree(PercentCoding.decode(again.utf8.span, plusIsSpace: false), segment, "a segment changes")
                hold(segment != "..", "a segment leads out")
            }
        }
        if let form = try? head.target.queryFields(limit: 20) {
            hold(form.fields.count <= 20, "a form has more fields than may be")
        }
        hold(head.version == .http11 || head.upgrades.isEmpty, "HTTP/1.0 changes the protocol")
        for pair in Cookies(head.fields).pairs { hold(!pair.name.isEmpty, "a cookie has no name") }
        for field in head.fields { check(field.value) }
        rewrite(head)
    }

    private static func check(_ value: String) {
        if let tag = EntityTag(parsing: value) {
            agree(EntityTag(parsing: tag.text), tag, "an entity tag changes")
        }
        if let seconds = HTTPDate.parse(value) {
            agree(HTTPDate.parse(HTTPDate.format(seconds)), seconds, "a date changes")
        }
        if let type = MediaType(parsing: value) {
            agree(MediaType(parsing: type.essence)?.essence, type.essence, "a media type changes")
        }
        if case .parts(let parts) = ByteRanges(value, size: 1000) {
            hold(!parts.isEmpty && parts.count <= ByteRanges.limit, "there are too many ranges")
            hold(parts.allSatisfy { !$0.isEmpty && $0.upperBound <= 1000 }, "a range lies outside")
            hold(parts.reduce(0) { $0 + $1.count } <= 1000, "ranges overlap")
        }
        let coding = ContentCoding.negotiate(value, offered: ContentCoding.allCases)
        hold(coding.map(ContentCoding.allCases.contains) ?? true, "a coding was not offered")
        _ = CacheControl(HTTPFields([HTTPField(name: .cacheControl, value: value)]))
    }

    /// Our own client's request with the same fields is read as the same.
    private static func rewrite(_ head: RequestHead) {
        let own: Set<String> = ["host", "connection", "content-length", "transfer-encoding"]
        let fields = HTTPFields(head.fields.filter { !own.contains($0.name.canonicalName) })
        guard head.target.form == .origin, let host = head.host,
            let bytes = try? RequestWriter.head(
                head.method, target: head.target.raw, host: host, fields: fields, length: 0)
        else { return }
        var parser = RequestParser()
        guard case .success(.head(let again)?) = RequestReading.next(&parser, bytes) else {
            fatalError("what our client writes our server refuses: \(String(decoding: bytes, as: UTF8.self))")
        }
        agree(again.method, head.method, "a method changes")
        agree(again.target, head.target, "a target changes")
        agree(again.host, head.host, "a host changes")
        for field in fields {
            agree(
                again.fields[values: field.name], fields[values: field.name],
                "the field \(field.name) changes")
        }
    }
}
