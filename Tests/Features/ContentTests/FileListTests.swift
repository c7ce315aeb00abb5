import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Content

struct `Lists of files` {
    private static let scans = StoredFile.ScanState.allCases.map(\.rawValue)

    /// The ids of a list, page by page.
    private func ids(
        _ archive: Archive, as user: Principal, _ standing: FileAccess.Standing, folder: Int64? = nil
    )
        async throws -> Set<Int64>
    {
        let course = archive.course
        return try await archive.call(as: user) { try await Self.pages($0, course, standing, folder) }
    }

    private static func pages(
        _ call: Call, _ course: Int64, _ standing: FileAccess.Standing, _ folder: Int64?
    ) async throws -> Set<Int64> {
        var found: Set<Int64> = []
        var page: String?
        repeat {
            var request = call.request
            request.query =
                [WebRequest.Item("per_page", "7")] + (page.map { [WebRequest.Item("page", $0)] } ?? [])
            let own = Call(request: request, context: call.context, principal: call.principal)
            let response = try await FileRoutes.list(
                own, folder == nil ? .course : .folder, folder ?? course, standing)
            guard case .bytes(let bytes) = response.body else { return [] }
            let rows = try JSONReader.read(bytes).array ?? []
            found.formUnion(rows.compactMap { $0["id"]?.int.map(Int64.init) })
            let link = response.headers.first { $0.name.rawName == "Link" }?.value ?? ""
            page = link.firstMatch(of: /page=(bookmark:[^&]+)&per_page=7>; rel="next"/).map { String($0.1) }
        } while page != nil
        return found
    }

    /// Those of some files that the decision lists.
    private static func shown(
        _ call: Call, _ ids: [Int64], _ standing: FileAccess.Standing
    ) async throws -> Set<Int64> {
        let access = ContentAccess(call)
        var shown: Set<Int64> = []
        for id in ids {
            let rows = try await call.query(
                FileQueries.show, [.int(id), .timestamp(milliseconds: access.now)])
            for row in rows where access.decide(try FileQueries.found(row), standing).isListed {
                shown.insert(id)
            }
        }
        return shown
    }

    /// The list is made in SQL, the decision in Swift: for every combination they must say the same.
    @Test(arguments: [true, false], [true, false])
    func `show exactly what the decision shows`(nodeRequires: Bool, institutionRequires: Bool) async throws {
        let archive = try await Archive.open { $0.requiresScan = nodeRequires }
        try await archive.sql(
            "INSERT INTO content_policies (institution_id, requires_scan) VALUES (\(archive.institution.rawValue), \(institutionRequires)) RETURNING 'done'"
        )
        let names = (try #require(FileName("hidden")), try #require(FileName("below")))
        let course = archive.course
        let hidden = try await archive.change { _, folders in
            let root = try await folders.root(of: .course(course))
            let top = try await folders.child(
                names.0, of: root, Availability(isHidden: true), position: nil, mayExist: false)
            return try await folders.child(names.1, of: top, Availability(), position: nil, mayExist: false)
        }
        var all: [Int64] = []
        for (number, scan) in Self.scans.enumerated() {
            for owner in [archive.staff, archive.students[0]] {
                for isHidden in [false, true] {
                    for folder in [nil, hidden] {
                        let id = try await archive.add(
                            "\(number)-\(owner.user)-\(isHidden)", by: owner, in: folder, .rename)
                        try await archive.sql(
                            "UPDATE files SET scan_state = '\(scan)', hidden = \(isHidden) WHERE id = \(id) RETURNING 'done'"
                        )
                        all.append(id)
                    }
                }
            }
        }
        let files = all
        for (user, standing) in [
            (archive.staff, FileAccess.Standing.keeper), (archive.students[0], .member),
            (archive.students[1], .member),
        ] {
            let listed = try await ids(archive, as: user, standing)
            let decided = try await archive.call(as: user) { try await Self.shown($0, files, standing) }
            #expect(listed == decided)
            #expect(standing == .keeper ? listed.count == all.count : listed.count < all.count)
        }
    }

    @Test func `tell a student nothing of a file that waits for its scan`() async throws {
        let archive = try await Archive.open()
        let id = try await archive.add("new.txt")
        let (ada, alan) = (archive.students[0], archive.students[1])
        #expect(try await archive.refusal(of: id, as: ada) == 403)
        let own = try await archive.add("mine.txt", by: ada, context: .user(ada.user))
        #expect(try await archive.refusal(of: own, as: ada) == nil)
        try await archive.sql("UPDATE files SET scan_state = 'clean' RETURNING 'done'")
        #expect(try await archive.refusal(of: id, as: alan) == nil)
        #expect(try await archive.refusal(of: own, as: alan) == 403)
    }
}
