import HTTPTypes
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `ISO 8601 times` {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_795_341_600_000, "2026-11-22T10:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (-1000, "1969-12-31T23:59:59Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"), (1_709_251_199_000, "2024-02-29T23:59:59Z"),
        ] as [(Int64, String)])
    func `are written and read`(milliseconds: Int64, text: String) {
        #expect(ISO8601.text(milliseconds: milliseconds) == text)
        #expect(ISO8601.milliseconds(text) == milliseconds)
    }

    @Test(
        arguments: [
            ("2026-11-22T11:00:00+01:00", 1_795_341_600_000), ("2026-11-22t10:00:00z", 1_795_341_600_000),
            ("2026-11-22T10:00:00.5Z", 1_795_341_600_500),
            ("2026-11-22T10:00:00.123456789Z", 1_795_341_600_123),
            ("2026-11-22T04:30:00-05:30", 1_795_341_600_000),
            ("2026-11-22T11:00:00+0100", 1_795_341_600_000), ("2026-11-22T11:00:00+01", 1_795_341_600_000),
            ("2026-11-22T10:00Z", 1_795_341_600_000), ("2026-11-22 10:00:00", 1_795_341_600_000),
            ("2026-11-22T10:00:00", 1_795_341_600_000), ("2026-11-22T10:00:00.250", 1_795_341_600_250),
            ("20261122T100000Z", 1_795_341_600_000), ("20261122T1000", 1_795_341_600_000),
            ("2026-11-22", 1_795_305_600_000), ("20261122", 1_795_305_600_000),
        ] as [(String, Int64)])
    func `are read in the forms that clients send, as UTC where nothing else is said`(
        text: String, milliseconds: Int64
    ) {
        #expect(ISO8601.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-1122", "202611-22", "2026-11-22T", "2026-11-22T10", "2026-11-22T1000",
        "20261122T10:00", "2026-11-22T10:00:", "2026-11-22T10:00+", "2026-11-22T10:00:00+01:",
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z", "2026-00-01T10:00:00Z", "2026-01-00T10:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z", "2026-11-22T10:00:60Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00+1:00",
        "2026-11-22T10:00:00+24:00", "2026-11-22T10:00:00Zx", "-026-11-22T10:00:00Z", "２026-11-22T10:00:00Z",
    ])
    func `are refused in other forms`(text: String) {
        #expect(ISO8601.milliseconds(text) == nil)
    }
}

struct `Paging of lists` {
    private func request(_ query: [(String, String)], isSecure: Bool = false) -> WebRequest {
        var request = WebRequest(path: "/api/v1/courses")
        request.authority = "school.example:8080"
        request.isSecure = isSecure
        request.query = query.map { WebRequest.Item($0.0, $0.1) }
        return request
    }

    @Test func `begins at the first page with ten items`() throws {
        let paging = try Paging(request([]))
        #expect(paging.size == 10)
        #expect(paging.after == nil)
    }

    @Test(arguments: [(["5"], 5), (["100"], 100), (["101"], 100), (["1000000"], 100), (["5", "7"], 7)])
    func `takes the last size and cuts it to a hundred`(sizes: [String], expected: Int) throws {
        #expect(try Paging(request(sizes.map { ("per_page", $0) })).size == expected)
    }

    @Test(arguments: [
        ("per_page", "0"), ("per_page", "-1"), ("per_page", "many"), ("page", "0"), ("page", "after:"),
        ("page", "after:-1"), ("page", "after:x"), ("page", "-1"), ("page", "1002"), ("page", "bookmark:"),
        ("page", "+2"), ("page", "bookmark:!"), ("page", "bookmark:W10"), ("page", "bookmark:WzFd"),
    ])
    func `refuses what no link says`(name: String, value: String) {
        #expect(throws: WebError.self) { try Paging(request([(name, value)])) }
    }

    @Test func `counts pages up, as far as a thousand`() throws {
        #expect(try Paging(request([("page", "3"), ("per_page", "20")])).offset == 40)
        #expect(try Paging(request([("page", "1001")])).offset == 10_000)
    }

    @Test func `leads on by what a list is sorted by`() throws {
        let link = try Paging(request([])).link(for: request([]), bookmark: ["Lovelace, \"Ada\" ü", "17"])
        let page = try #require(link.split(separator: ",").first { $0.hasSuffix("rel=\"next\"") })
        let value = try #require(page.split(separator: "?").last?.split(separator: "&").first?.dropFirst(5))
        let paging = try Paging(request([("page", String(value))]))
        #expect(paging.bookmark == ["Lovelace, \"Ada\" ü", "17"])
        #expect(try paging.markID(1) == .int(17))
        #expect(throws: WebError.self) { try paging.markID(0) }
    }

    @Test func `links with the client's base and filters`() throws {
        let request = request(
            [("include[]", "a b"), ("page", "after:3"), ("per_page", "2"), ("q", "ü&=")], isSecure: true)
        let link = try Paging(request).link(for: request, next: 5)
        let base = "https://school.example:8080/api/v1/courses?include%5B%5D=a%20b&q=%C3%BC%26%3D"
        #expect(
            link
                == "<\(base)&page=after:3&per_page=2>; rel=\"current\",<\(base)&page=after:5&per_page=2>; rel=\"next\","
                + "<\(base)&page=first&per_page=2>; rel=\"first\"")
        #expect(try !Paging(request).link(for: request, next: nil).contains("next"))
    }
}

struct `Names and logins` {
    @Test(arguments: [
        ("Ada Lovelace", "Lovelace, Ada"), ("Plato", "Plato"), ("Ada King Lovelace", "Lovelace, Ada King"),
    ])
    func `are sorted by the last word`(name: String, sortable: String) {
        #expect(User.sortableName(of: name) == sortable)
    }

    @Test(arguments: ["", "a b", "a\u{0}", "a\nb", "a\u{a0}b", String(repeating: "a", count: 256)])
    func `cannot be logins`(text: String) {
        #expect(!NewUser.isLogin(text))
    }

    @Test(arguments: ["", "a\u{0}b", "a\nb", String(repeating: "a", count: 256)])
    func `cannot be names`(text: String) {
        #expect(!NewUser.isName(text))
    }

    @Test(arguments: [
        ("#2f6fed", true), ("#2F6FED", false), ("2f6fed", false), ("#2f6fe", false), ("#2f6feg", false),
    ])
    func `have colours of six digits`(text: String, isAccent: Bool) {
        #expect(Institution.isAccent(text) == isAccent)
    }
}

struct `Roles of a user` {
    @Test func `are led by the mightiest`() {
        #expect(Role.leading(of: [.student, .admin]) == .admin)
        #expect(Role.leading(of: [.parent, .student]) == .student)
        #expect(Role.leading(of: []) == nil)
        #expect(Role.set(["student", "king"]) == [.student])
    }
}

struct `Credential cache` {
    private let principal = Principal(
        institution: TenantID(rawValue: 1), user: 1, person: 1, name: "Ada", login: "ada", roles: [],
        credential: .bearer(token: 1))

    private let here = TenantID(rawValue: 1)

    @Test func `believes an entry for less than two seconds`() {
        let cache = CredentialCache()
        let start = ContinuousClock.now
        cache.note(principal, [1], at: start, mark: cache.mark)
        #expect(cache.principal([1], in: here, at: start) == principal)
        #expect(cache.principal([1], in: here, at: start + .milliseconds(1499)) == principal)
        #expect(cache.principal([1], in: here, at: start + .milliseconds(1500)) == nil)
        #expect(cache.principal([2], in: here, at: start) == nil)
        #expect(CredentialCache.lifetime < .seconds(2))
    }

    @Test func `has an entry asked for anew once, while everybody goes on with it`() {
        let cache = CredentialCache()
        let start = ContinuousClock.now
        cache.note(principal, [1], at: start, mark: cache.mark)
        let due = start + CredentialCache.lifetime - CredentialCache.renewal
        #expect(!cache.takeRenewal([1], at: due - .milliseconds(1)))
        #expect(cache.takeRenewal([1], at: due))
        #expect(!cache.takeRenewal([1], at: due))
        #expect(cache.principal([1], in: here, at: due) == principal)
        // What comes of it is due in its own time; where nothing comes of it, the old one ends in its own.
        cache.note(principal, [1], at: due, mark: cache.mark)
        #expect(!cache.takeRenewal([1], at: due + .milliseconds(999)))
        #expect(cache.takeRenewal([1], at: due + .milliseconds(1000)))
        #expect(cache.principal([1], in: here, at: due + .milliseconds(1500)) == nil)
    }

    @Test func `forgets at once what was revoked`() {
        let cache = CredentialCache()
        let start = ContinuousClock.now
        cache.note(principal, [1], at: start, mark: cache.mark)
        cache.forget([1])
        #expect(cache.principal([1], in: here, at: start) == nil)
    }

    @Test func `believes nothing that was asked before a user's credentials were withdrawn on another loop`()
    {
        let marks = RevocationMarks()
        let (cache, other) = (CredentialCache(marks: marks), CredentialCache(marks: marks))
        let start = ContinuousClock.now
        cache.note(principal, [1], at: start, mark: cache.mark)
        let asked = other.mark
        marks.note(principal.user, in: here)
        other.note(principal, [1], at: start, mark: asked)
        #expect(cache.principal([1], in: here, at: start) == nil)
        #expect(other.principal([1], in: here, at: start) == nil)
        other.note(principal, [1], at: start, mark: other.mark)
        #expect(other.principal([1], in: here, at: start) == principal)
    }

    @Test func `knows a secret in its own institution alone`() {
        let cache = CredentialCache()
        let start = ContinuousClock.now
        cache.note(principal, [1], at: start, mark: cache.mark)
        #expect(cache.principal([1], in: TenantID(rawValue: 2), at: start) == nil)
        #expect(cache.principal([1], in: here, at: start) == principal)
    }
}
