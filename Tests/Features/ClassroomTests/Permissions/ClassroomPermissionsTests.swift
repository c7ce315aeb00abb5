import Courses
import Testing

@testable import Classroom

/// What is expected, written down apart from the table that decides: S staff, L learners, - nobody.
struct `Permissions in class` {
    private static let channels: [ClassChannel: String] = [
        .class: "SL", .chat: "SL", .board: "SL", .quiz: "SL", .staff: "S", .personal: "-",
    ]

    private static let methods: [String: String] = [
        "class.start": "S", "class.end": "S", "class.lock": "S", "class.announce": "S",
        "chat.send": "SL", "chat.edit": "SL", "chat.delete": "SL", "chat.pin": "S",
        "board.apply": "SL", "board.allow": "S", "stage.show": "S",
        "quiz.open": "S", "quiz.answer": "L", "quiz.close": "S", "quiz.reveal": "S",
        "hand.raise": "SL", "hand.lower": "SL", "react": "SL", "member.mute": "S", "member.remove": "S",
        "class.me": "SL", "member.list": "S", "chat.history": "SL",
    ]

    private static func roles(_ letters: String?) -> Set<ClassMember.Role> {
        var roles: Set<ClassMember.Role> = []
        if letters?.contains("S") == true { roles.insert(.instructor) }
        if letters?.contains("L") == true { roles.insert(.student) }
        return roles
    }

    @Test(arguments: ClassChannel.allCases, ClassMember.Role.allCases)
    func `of channels are as expected`(channel: ClassChannel, role: ClassMember.Role) {
        let granted = ClassroomPermissions.subscription(channel, role)
        #expect((granted != nil) == Self.roles(Self.channels[channel]).contains(role))
        #expect((granted?.hasPresence ?? false) == (granted != nil && role == .instructor))
    }

    @Test(arguments: ClassMethod.allCases)
    func `of methods are as expected`(method: ClassMethod) {
        #expect(ClassroomPermissions.roles(method) == Self.roles(Self.methods[method.rawValue]))
        #expect(Self.methods.count == ClassMethod.allCases.count)
    }

    @Test func `of personal channels are their users' alone`() {
        #expect(ClassroomPermissions.mayFollow(personalOf: 4, user: 4))
        #expect(!ClassroomPermissions.mayFollow(personalOf: 4, user: 5))
        #expect(!ClassroomPermissions.mayFollow(personalOf: 4, user: nil))
    }

    @Test(arguments: [
        ("chat:7", true), ("chat:07", false), ("chat:", false), ("chat:x", false), ("personal:#4", true),
        ("personal:4", false), ("course:7", false), ("class:#7", false),
    ])
    func `know the names of channels`(name: String, isKnown: Bool) {
        #expect((ClassChannel.read(name) != nil) == isKnown)
    }
}
