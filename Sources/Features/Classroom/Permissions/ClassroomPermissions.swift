import Tenancy

/// What the table of permissions says of channels, methods and signals, as roles in a class.
///
/// Staff of the course are instructors, students are students, and everybody else (observers, parents, strangers) is
/// nobody in a class.
package enum ClassroomPermissions {
    // MARK: Channels

    /// What a subscriber of a channel may do.
    package struct Subscription: Hashable, Sendable {
        package let hasSnapshot: Bool
        package let hasPresence: Bool
    }

    private static let channels = Dictionary(
        uniqueKeysWithValues: ClassChannel.ofClass.map { ($0, roles("channel \($0.rawValue)")) })

    /// What a role in the class may do in a channel of the class; `nil` where it may not subscribe.
    ///
    /// ``ClassChannel/personal`` is not a channel of the class: see ``mayFollow(personalOf:user:)``.
    package static func subscription(_ channel: ClassChannel, _ role: ClassMember.Role) -> Subscription? {
        guard channels[channel]?.contains(role) == true else { return nil }
        return Subscription(hasSnapshot: true, hasPresence: role == .instructor)
    }

    /// A personal channel is its user's alone, whatever roles others have.
    package static func mayFollow(personalOf owner: Int64, user: Int64?) -> Bool { owner == user }

    // MARK: Methods and signals

    private static let methods = Dictionary(
        uniqueKeysWithValues: ClassMethod.allCases.map { ($0, roles("rpc \($0.rawValue)")) })
    private static let signals = Dictionary(
        uniqueKeysWithValues: ClassSignal.allCases.map { ($0, roles("signal \($0.rawValue)")) })

    /// The roles that may call a method at all.
    ///
    /// Rules about whose message or element it is come on top.
    package static func roles(_ method: ClassMethod) -> Set<ClassMember.Role> { methods[method] ?? [] }

    /// The roles that may send a signal; drawing needs leave on top.
    package static func roles(_ signal: ClassSignal) -> Set<ClassMember.Role> { signals[signal] ?? [] }

    private static func roles(_ way: String) -> Set<ClassMember.Role> {
        Set(Permissions.courseRoles(way).compactMap(ClassMember.Role.init))
    }
}
