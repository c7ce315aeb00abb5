import HTTPTypes
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Content

struct `The holder of an upload's ticket` {
    /// The status with which the second step is refused for a user's own file; `nil` when it is not.
    private func refusal(_ archive: Archive, _ user: Principal) async throws -> Int? {
        let ticket = UploadTicket(
            uuid: PostgresUUID(high: 1, low: 2), institution: archive.institution, user: user.user,
            context: .user(user.user), folder: 1, filename: try #require(FileName("a.txt")),
            contentType: "text/plain", size: 1, onDuplicate: .overwrite, expiresAt: 0)
        return try await archive.call(as: user) { call in
            do {
                try await UploadRoutes.checkStanding(ticket, call.context)
                return nil
            } catch let error as WebError {
                return error.status.code
            }
        }
    }

    @Test(arguments: ["suspended", "deleted"])
    func `sends no file when they were shut out meanwhile`(state: String) async throws {
        let archive = try await Archive.open()
        let user = archive.students[0]
        #expect(try await refusal(archive, user) == nil)
        try await archive.call(as: user) { call in
            _ = try await call.query(
                "UPDATE users SET workflow_state = $3 WHERE institution_id = $1 AND id = $2",
                [.int(user.user), .text(state)])
        }
        #expect(try await refusal(archive, user) == 403)
        #expect(try await refusal(archive, archive.students[1]) == nil)
    }

    @Test func `sends no file when their institution was`() async throws {
        let archive = try await Archive.open()
        let (user, institution) = (archive.students[0], archive.institution)
        try await archive.call(as: user) { call in
            try await Directory(pool: call.pool).setSuspended(true, institution)
        }
        #expect(try await refusal(archive, user) == 403)
    }
}
