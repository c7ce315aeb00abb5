import Testing

@testable import Tenancy

struct `What a path names` {
    @Test(arguments: [
        ("17", ObjectReference.id(17)), ("self", .own), ("9007199254740991", .id(9_007_199_254_740_991)),
        ("sis_course_id:BIO-1", .foreign(kind: "sis_course_id", "BIO-1")),
        ("sis_user_id:a:b c/ü", .foreign(kind: "sis_user_id", "a:b c/ü")),
        ("hex:sis_course_id:42494F2d31", .foreign(kind: "sis_course_id", "BIO-1")),
        ("hex:sis_login_id:c3bc", .foreign(kind: "sis_login_id", "ü")),
    ])
    func `is read`(text: String, reference: ObjectReference) {
        #expect(ObjectReference(text) == reference)
    }

    @Test(arguments: [
        "", "0", "-1", "+1", "1x", "9007199254740992", "99999999999999999999999", "Self", "x",
        "sis_course_id:",
        "hex:sis_course_id:4", "hex:sis_course_id:4g", "hex:sis_course_id:", "hex:sis_course_id:ff",
        "sis_id:\u{0}",
        "sis_course_id:" + String(repeating: "x", count: 256),
    ])
    func `is nothing`(text: String) {
        #expect(ObjectReference(text) == nil)
    }
}
