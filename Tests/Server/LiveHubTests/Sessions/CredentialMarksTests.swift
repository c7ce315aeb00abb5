import Postgres
import Testing

@testable import LiveHub

struct `Credential marks` {
    @Test
    func `ask about everybody at first, then what has changed since, until a mark reaches back far enough`() {
        var marks = CredentialMarks()
        #expect(marks.since(at: 2) == nil)
        marks.note("m2", isFull: true, at: 2)
        for second in stride(from: 4, to: 2 + CredentialMarks.window, by: 2) {
            #expect(marks.since(at: second) == "m2")
            marks.note("m\(second)", isFull: false, at: second)
        }
        #expect(marks.since(at: 2 + CredentialMarks.window) == "m2")
        #expect(marks.since(at: 4 + CredentialMarks.window) == "m4")
    }

    @Test func `reach back over the time that a connection may take, and no further than needed`() {
        var marks = CredentialMarks()
        for second in stride(from: 0, through: 40, by: 2) {
            marks.note("m\(second)", isFull: second < CredentialMarks.window, at: second)
        }
        #expect(marks.since(at: 42) == "m30")
    }

    @Test func `ask about everybody once a minute`() {
        var marks = CredentialMarks()
        for second in stride(from: 0, through: 58, by: 2) {
            marks.note("m\(second)", isFull: second == 0, at: second)
        }
        #expect(marks.since(at: 59) == "m46")
        #expect(marks.since(at: 60) == nil)
    }

    @Test func `begin anew when a question had no answer`() {
        var marks = CredentialMarks()
        for second in stride(from: 0, through: 30, by: 2) {
            marks.note("m\(second)", isFull: true, at: second)
        }
        marks.note(nil, isFull: true, at: 32)
        #expect(marks.since(at: 34) == nil)
        marks.note("m34", isFull: true, at: 34)
        #expect(marks.since(at: 36) == "m34")
    }

    @Test func `begin anew when nobody could say who is current, and have asked about nobody then`() {
        var marks = CredentialMarks()
        for second in stride(from: 0, through: 30, by: 2) {
            marks.note("m\(second)", isFull: second < 12, at: second)
        }
        #expect(marks.since(at: 32) == "m20")
        marks.note("m32", isFull: false, isAnswered: false, at: 32)
        #expect(marks.since(at: 34) == nil)
        var failing = CredentialMarks()
        for second in stride(from: 0, through: 40, by: 2) {
            failing.note("m\(second)", isFull: true, isAnswered: second < 14, at: second)
        }
        #expect(failing.since(at: 42) == nil)
    }

    @Test func `concern a user, or everybody of an institution, and nobody else`() {
        func caller(_ user: Int64?, _ institution: Int64) -> LiveCaller {
            LiveCaller(
                institution: TenantID(rawValue: institution), user: user, subject: "", name: "", roles: [])
        }
        let found = CredentialWithdrawals(
            mark: "m", users: [TenantID(rawValue: 1): [7], TenantID(rawValue: 2): [0]])
        #expect(found.concern(caller(7, 1)))
        #expect(!found.concern(caller(8, 1)))
        #expect(!found.concern(caller(nil, 1)))
        #expect(found.concern(caller(8, 2)))
        #expect(found.concern(caller(nil, 2)))
        #expect(!found.concern(caller(7, 3)))
    }
}
