import Tenancy
import Testing

@testable import Courses

struct `Course membership` {
    private func course(_ state: Course.State = .available) -> Course {
        Course(id: 1, name: "Biology", code: "BIO", state: state)
    }

    @Test(arguments: [
        (EnrollmentType.student, CourseRole.student), (.teacher, .staff), (.ta, .staff), (.designer, .staff),
        (.observer, .observer),
    ])
    func `follows from the kind of enrolment`(type: EnrollmentType, role: CourseRole) {
        let membership = CourseMembership.of(
            course(), enrollments: [Enrollment(type: type, section: 3)], isAdmin: false)
        #expect(membership?.role == role)
        #expect(membership?.sections == [3])
        #expect(membership?.visibleSections == nil)
    }

    @Test func `takes the highest of several enrolments and its sections`() {
        let enrollments = [
            Enrollment(type: .student, section: 1), Enrollment(type: .ta, section: 9),
            Enrollment(type: .ta, section: 2),
        ]
        let membership = CourseMembership.of(course(), enrollments: enrollments, isAdmin: false)
        #expect(membership?.role == .staff)
        #expect(membership?.sections == [2, 9])
    }

    @Test func `is limited to sections only when all that give it are`() {
        let limited = Enrollment(type: .ta, section: 2, isLimitedToSection: true)
        let free = Enrollment(type: .teacher, section: 3)
        #expect(CourseMembership.of(course(), enrollments: [limited], isAdmin: false)?.visibleSections == [2])
        #expect(
            CourseMembership.of(course(), enrollments: [limited, free], isAdmin: false)?.visibleSections
                == nil)
        #expect(CourseMembership.of(course(), enrollments: [limited], isAdmin: true)?.visibleSections == nil)
    }

    @Test func `is an admin's everywhere and a stranger's nowhere`() {
        #expect(CourseMembership.of(course(), enrollments: [], isAdmin: true)?.role == .staff)
        #expect(CourseMembership.of(course(), enrollments: [], isAdmin: false) == nil)
    }

    @Test func `of the present counts before one that is over`() {
        let past = Enrollment(type: .teacher, section: 1, phase: .past)
        let now = Enrollment(type: .student, section: 2)
        let membership = CourseMembership.of(course(), enrollments: [past, now], isAdmin: false)
        #expect(membership?.role == .student && membership?.isReadOnly == false)
        let former = CourseMembership.of(course(), enrollments: [past], isAdmin: false)
        #expect(former?.role == .staff && former?.isReadOnly == true)
        #expect(CourseMembership.of(course(), enrollments: [past], isAdmin: true)?.isReadOnly == false)
    }

    @Test func `that is yet to begin lets students look, and staff not`() {
        let student = Enrollment(type: .student, section: 1, phase: .future)
        #expect(CourseMembership.of(course(), enrollments: [student], isAdmin: false)?.isReadOnly == true)
        let teacher = Enrollment(type: .teacher, section: 1, phase: .future)
        #expect(CourseMembership.of(course(), enrollments: [teacher], isAdmin: false) == nil)
    }

    @Test func `of a concluded course changes nothing, but an admin's`() {
        let teacher = [Enrollment(type: .teacher, section: 1)]
        #expect(
            CourseMembership.of(course(.completed), enrollments: teacher, isAdmin: false)?.isReadOnly == true)
        #expect(CourseMembership.of(course(.completed), enrollments: [], isAdmin: true)?.isReadOnly == false)
    }

    @Test func `of an unpublished course is for staff`() {
        let student = [Enrollment(type: .student, section: 1)]
        #expect(CourseMembership.of(course(.unpublished), enrollments: student, isAdmin: false) == nil)
        #expect(
            CourseMembership.of(course(.completed), enrollments: student, isAdmin: false)?.role == .student)
        let teacher = [Enrollment(type: .teacher, section: 1)]
        #expect(
            CourseMembership.of(course(.unpublished), enrollments: teacher, isAdmin: false)?.role == .staff)
    }
}

struct `Enrolment types` {
    @Test(arguments: EnrollmentType.allCases)
    func `are read by their short names`(type: EnrollmentType) {
        #expect(EnrollmentType(shortName: type.shortName) == type)
        #expect(EnrollmentType(rawValue: type.rawValue) == type)
    }

    @Test(arguments: ["", "Student", "StudentEnrollment", "king"])
    func `are nothing else`(name: String) {
        #expect(EnrollmentType(shortName: name) == nil)
    }
}
