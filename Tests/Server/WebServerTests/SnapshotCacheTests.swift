import HTTP
import HTTPTypes
import Postgres
import Testing

@testable import WebServer

/// What may be given, who reads, and what is forgotten.
struct `Snapshot cache` {
    private let start = ContinuousClock.now

    private func key(
        _ path: String = "/a", institution: Int64 = 1, user: Int64 = 7, roles: Set<String> = ["student"],
        query: [WebRequest.Item] = [], host: String = "school.example", isSecure: Bool = false,
        hasStringIDs: Bool = false
    ) -> SnapshotKey {
        var request = WebRequest(path: path)
        request.query = query
        request.authority = host
        request.isSecure = isSecure
        let principal = Principal(
            institution: TenantID(rawValue: institution), user: user, person: user, name: "N", login: "n",
            roles: roles, credential: .bearer(token: 1))
        return SnapshotKey(request, principal, hasStringIDs: hasStringIDs)
    }

    private func snapshot(_ text: String = "[]") throws -> Snapshot { try #require(Snapshot(.text(text))) }

    /// Reads what a cold key asks for.
    private func fill(
        _ cache: Box, _ key: SnapshotKey, _ text: String, at time: ContinuousClock.Instant
    ) throws {
        guard case .read(let flight) = cache.find(key, at: time) else {
            throw Unexpected()
        }
        cache.land(flight, try snapshot(text))
    }

    private struct Unexpected: Error {}

    /// Holds a cache, so that expectations may ask it.
    private final class Box {
        var cache: SnapshotCache

        init(_ limits: SnapshotCache.Limits = SnapshotCache.Limits()) { cache = SnapshotCache(limits) }

        var count: Int { cache.count }
        var bytes: Int { cache.bytes }
        var flightCount: Int { cache.flightCount }

        func find(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> SnapshotCache.Finding {
            cache.find(key, at: now)
        }

        func ready(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> SnapshotCache.Finding? {
            cache.ready(key, at: now)
        }

        @discardableResult
        func land(_ flight: SnapshotCache.Flight, _ snapshot: Snapshot?) -> Bool {
            cache.land(flight, snapshot)
        }

        func invalidate(_ institution: TenantID) { cache.invalidate(institution) }
    }

    private func text(_ finding: SnapshotCache.Finding) -> String? {
        switch finding {
        case .fresh(let snapshot), .stale(let snapshot, _): String(decoding: snapshot.bytes, as: UTF8.self)
        case .read, .wait, .full: nil
        }
    }

    @Test func `gives an answer while it is fresh, then has one caller read it anew, then nothing`() throws {
        let cache = Box()
        try fill(cache, key(), "one", at: start)
        #expect(cache.ready(key(), at: start + .milliseconds(999)) != nil)
        guard case .stale(_, let flight?) = cache.find(key(), at: start + .seconds(1)) else {
            throw Unexpected()
        }
        #expect(cache.ready(key(), at: start + .milliseconds(1899)) != nil)
        #expect(cache.ready(key(), at: start + .milliseconds(1900)) == nil)
        // Others get the old one meanwhile, and none reads besides.
        guard case .stale(_, nil) = cache.find(key(), at: start + .milliseconds(1899)) else {
            throw Unexpected()
        }
        // Too old: even the one that is being read is waited for.
        guard case .wait(flight) = cache.find(key(), at: start + .milliseconds(1900)) else {
            throw Unexpected()
        }
        cache.land(flight, try snapshot("two"))
        // Its age counts from the instant before it was read.
        #expect(text(cache.find(key(), at: start + .milliseconds(1950))) == "two")
        guard case .read = cache.find(key(), at: start + .milliseconds(2900)) else { throw Unexpected() }
    }

    @Test func `has one of a crowd that does not wait read a stale answer anew`() throws {
        let cache = Box()
        try fill(cache, key(), "one", at: start)
        let stale = start + .milliseconds(1200)
        guard case .stale(let given, let flight?) = cache.ready(key(), at: stale) else { throw Unexpected() }
        #expect(String(decoding: given.bytes, as: UTF8.self) == "one")
        for _ in 0..<32 {
            guard case .stale(_, nil) = cache.ready(key(), at: stale) else { throw Unexpected() }
        }
        // Those who may wait find the same flight.
        guard case .wait(flight) = cache.find(key(), at: start + .milliseconds(1900)) else {
            throw Unexpected()
        }
        cache.land(flight, try snapshot("two"))
        guard case .fresh = cache.ready(key(), at: stale + .milliseconds(900)) else { throw Unexpected() }
        guard case .stale(_, _?) = cache.ready(key(), at: stale + .milliseconds(1000)) else {
            throw Unexpected()
        }
    }

    @Test func `has one of many callers read, and turns away those beyond the bound`() throws {
        var limits = SnapshotCache.Limits()
        limits.waiters = 2
        let cache = Box(limits)
        guard case .read(let flight) = cache.find(key(), at: start) else { throw Unexpected() }
        for _ in 0..<2 {
            guard case .wait(flight) = cache.find(key(), at: start) else { throw Unexpected() }
        }
        guard case .full = cache.find(key(), at: start) else { throw Unexpected() }
        cache.land(flight, try snapshot())
        #expect(cache.flightCount == 0)
        #expect(cache.ready(key(), at: start) != nil)
    }

    @Test func `never keeps what was read before a change`() throws {
        let cache = Box()
        guard case .read(let old) = cache.find(key(), at: start) else { throw Unexpected() }
        cache.invalidate(TenantID(rawValue: 1))
        // Who asks after the change does not wait for the reading that began before.
        guard case .read(let new) = cache.find(key(), at: start), new != old else { throw Unexpected() }
        #expect(cache.land(new, try snapshot("new")))
        // The older reading ends later, and changes nothing.
        #expect(!cache.land(old, try snapshot("old")))
        #expect(text(cache.find(key(), at: start)) == "new")
    }

    @Test func `lets an older reading not end the newer one's flight`() throws {
        let cache = Box()
        guard case .read(let old) = cache.find(key(), at: start) else { throw Unexpected() }
        cache.invalidate(TenantID(rawValue: 1))
        guard case .read(let new) = cache.find(key(), at: start) else { throw Unexpected() }
        cache.land(old, try snapshot("old"))
        guard case .wait(new) = cache.find(key(), at: start) else { throw Unexpected() }
    }

    @Test func `ends one institution's answers and leaves the others'`() throws {
        let cache = Box()
        try fill(cache, key(institution: 1), "one", at: start)
        try fill(cache, key(institution: 2), "two", at: start)
        cache.invalidate(TenantID(rawValue: 1))
        #expect(cache.ready(key(institution: 1), at: start) == nil)
        #expect(cache.ready(key(institution: 2), at: start) != nil)
    }

    @Test func `keeps nothing of a reading that failed`() throws {
        let cache = Box()
        guard case .read(let flight) = cache.find(key(), at: start) else { throw Unexpected() }
        #expect(!cache.land(flight, nil))
        guard case .read = cache.find(key(), at: start) else { throw Unexpected() }
        #expect(cache.count == 0)
    }

    @Test func `tells apart whatever an answer depends on`() throws {
        let item = WebRequest.Item("per_page", "50")
        let keys = [
            key(), key("/b"), key(institution: 2), key(user: 8), key(roles: ["admin"]), key(query: [item]),
            key(query: [item, item]), key(query: [WebRequest.Item("page", "50")]), key(host: "other.example"),
            key(isSecure: true), key(hasStringIDs: true),
        ]
        #expect(Set(keys).count == keys.count)
        let cache = Box()
        for (place, key) in keys.enumerated() { try fill(cache, key, "\(place)", at: start) }
        for (place, key) in keys.enumerated() { #expect(text(cache.find(key, at: start)) == "\(place)") }
    }

    @Test func `holds no more bytes than it may, and keeps what is used`() throws {
        var limits = SnapshotCache.Limits()
        limits.bytes = 100_000
        let cache = Box(limits)
        let body = String(repeating: "x", count: 4000)
        try fill(cache, key("/used"), body, at: start)
        for number in 0..<200 {
            try fill(cache, key("/\(number)"), body, at: start)
            #expect(cache.bytes <= limits.bytes)
            #expect(cache.ready(key("/used"), at: start) != nil)
        }
        #expect(cache.ready(key("/0"), at: start) == nil)
        // What is larger than half of everything is not kept at all.
        try fill(cache, key("/large"), String(repeating: "x", count: 60_000), at: start)
        #expect(cache.ready(key("/large"), at: start) == nil)
    }

    @Test func `lets go of what nobody can be given any more`() throws {
        let cache = Box()
        for number in 0..<10 { try fill(cache, key("/\(number)"), "x", at: start) }
        _ = cache.find(key("/later"), at: start + .seconds(2))
        _ = cache.find(key("/later"), at: start + .seconds(4))
        #expect(cache.count == 0 && cache.bytes == 0)
    }
}

/// Which answers are kept, and how they are given.
struct `A snapshot` {
    @Test func `is made of whole answers alone`() throws {
        #expect(Snapshot(WebResponse(status: .created, body: .bytes([1]))) == nil)
        #expect(Snapshot(WebResponse(status: .notFound, body: .bytes([1]))) == nil)
        #expect(Snapshot(.noContent) == nil)
        #expect(Snapshot(WebResponse(body: .file(path: "/x", range: 0..<1))) == nil)
        var passing = WebResponse.text("x")
        passing.isKeepable = false
        #expect(Snapshot(passing) == nil)
        #expect(Snapshot(WebResponse(headers: [.setCookie: "a=b"], body: .bytes([1]))) == nil)
        let large = [UInt8](repeating: 0, count: Snapshot.largest + 1)
        #expect(Snapshot(WebResponse(body: .bytes(large))) == nil)
    }

    @Test func `answers 304 to whoever has it, with its tag and without a type`() throws {
        let snapshot = try #require(Snapshot(.text("[1]")))
        var request = WebRequest()
        let whole = snapshot.answer(request)
        #expect(whole.status == .ok && whole.headers[.eTag] == snapshot.tag.text)
        #expect(whole.headers[.cacheControl] == "private, max-age=0, stale-while-revalidate=1")
        #expect(whole.headers[.vary] == "Accept, Authorization, Cookie")
        request.headers[.ifNoneMatch] = snapshot.tag.text
        let same = snapshot.answer(request)
        #expect(same.status == .notModified && same.headers[.eTag] == snapshot.tag.text)
        #expect(same.headers[.contentType] == nil && same.mediaType == "text/plain; charset=utf-8")
        request.headers[.ifNoneMatch] = "\"other\", W/\(snapshot.tag.text)"
        #expect(snapshot.answer(request).status == .notModified)
        request.headers[.ifNoneMatch] = "\"other\""
        #expect(snapshot.answer(request).status == .ok)
        request.headers[.ifNoneMatch] = nil
        request.headers[.ifMatch] = "\"other\""
        #expect(snapshot.answer(request).status == .preconditionFailed)
        #expect(try #require(Snapshot(.text("[2]"))).tag != snapshot.tag)
    }
}
