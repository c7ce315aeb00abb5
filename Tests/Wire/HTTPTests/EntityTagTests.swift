import HTTP
import HTTPTypes
import Testing

struct `Entity tag` {
    @Test(arguments: [
        ("\"a\"", EntityTag("a")), ("W/\"a\"", EntityTag("a", isWeak: true)), ("\"\"", EntityTag("")),
        ("\"a,b\"", EntityTag("a,b")), ("\"é\"", EntityTag("é")),
    ])
    func `goes there and back`(text: String, tag: EntityTag) {
        #expect(EntityTag(parsing: text) == tag)
        #expect(tag.text == text)
    }

    @Test(arguments: [
        "", "a", "\"a", "a\"", "w/\"a\"", "W/a", "\"a\"b", "\"a b\"", "\"a\"\"", "W/ \"a\"", " \"a\"",
        "\"\u{7f}\"",
    ])
    func `is refused where it is malformed`(text: String) {
        #expect(EntityTag(parsing: text) == nil)
    }

    @Test(arguments: [
        // The table of RFC 9110 §8.8.3.2.
        ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false),
        ("W/\"1\"", "\"1\"", false, true),
        ("\"1\"", "\"1\"", true, true),
    ])
    func `is compared strongly and weakly`(left: String, right: String, strongly: Bool, weakly: Bool) throws {
        let left = try #require(EntityTag(parsing: left))
        let right = try #require(EntityTag(parsing: right))
        #expect(left.matchesStrongly(right) == strongly)
        #expect(left.matchesWeakly(right) == weakly)
    }
}

struct `Preconditions on a representation` {
    private static let then = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
    private let here = Preconditions(entityTag: EntityTag("a"), lastModified: 784_111_777)

    @Test(
        arguments: [
            ([:], .proceed),
            ([.ifNoneMatch: "\"a\""], .notModified), ([.ifNoneMatch: "W/\"a\""], .notModified),
            ([.ifNoneMatch: "\"b\", \"a\""], .notModified), ([.ifNoneMatch: "\"b\""], .proceed),
            ([.ifNoneMatch: "*"], .notModified), ([.ifNoneMatch: "a"], .proceed),
            ([.ifNoneMatch: "\"a\" \"b\""], .proceed),
            ([.ifNoneMatch: "\"b\"", .ifModifiedSince: then], .proceed),
            ([.ifModifiedSince: then], .notModified), ([.ifModifiedSince: earlier], .proceed),
            ([.ifModifiedSince: "yesterday"], .proceed),
            ([.ifMatch: "\"a\""], .proceed), ([.ifMatch: "\"b\",\"a\""], .proceed),
            ([.ifMatch: "W/\"a\""], .failed),
            ([.ifMatch: "\"b\""], .failed), ([.ifMatch: "*"], .proceed), ([.ifMatch: "x"], .failed),
            ([.ifMatch: ""], .failed),
            ([.ifUnmodifiedSince: then], .proceed), ([.ifUnmodifiedSince: earlier], .failed),
            ([.ifMatch: "\"a\"", .ifUnmodifiedSince: earlier], .proceed),
            ([.ifMatch: "\"a\"", .ifNoneMatch: "\"a\""], .notModified),
        ] as [(HTTPFields, Preconditions.Outcome)])
    func `of a GET`(fields: HTTPFields, outcome: Preconditions.Outcome) {
        #expect(here.evaluate(fields, method: .get) == outcome)
        #expect(here.evaluate(fields, method: .head) == outcome)
    }

    @Test(
        arguments: [
            ([.ifNoneMatch: "\"a\""], .failed), ([.ifNoneMatch: "*"], .failed),
            ([.ifNoneMatch: "\"b\""], .proceed),
            ([.ifModifiedSince: then], .proceed), ([.ifMatch: "\"b\""], .failed),
        ] as [(HTTPFields, Preconditions.Outcome)])
    func `of a PUT`(fields: HTTPFields, outcome: Preconditions.Outcome) {
        #expect(here.evaluate(fields, method: .put) == outcome)
    }

    @Test func `where there is nothing yet`() {
        let nothing = Preconditions(entityTag: nil, exists: false)
        #expect(nothing.evaluate([.ifNoneMatch: "*"], method: .put) == .proceed)
        #expect(nothing.evaluate([.ifMatch: "*"], method: .put) == .failed)
        #expect(nothing.evaluate([.ifMatch: "\"a\""], method: .put) == .failed)
    }

    @Test(
        arguments: [
            (nil, true), ("\"a\"", true), ("\"b\"", false), ("W/\"a\"", false), (then, true),
            (earlier, false), ("x", false),
        ] as [(String?, Bool)])
    func `let a range through`(value: String?, allowed: Bool) {
        var fields = HTTPFields()
        fields[.ifRange] = value
        #expect(here.allowsRange(fields) == allowed)
    }
}
