import HTTPTypes
import JSON
import Tenancy
import Testing
import WebServer

@testable import Rostering

private let terms = "term_id,name,status\nT,Term,active\n"

private func form(_ parts: [(name: String, file: String?, text: String)]) -> [UInt8] {
    var body = ""
    for part in parts {
        let file = part.file.map { "; filename=\"\($0)\"" } ?? ""
        body += "--b\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n\(part.text)\r\n"
    }
    return Array("\(body)--b--\r\n".utf8)
}

struct `SIS import routes` {
    @Test(arguments: [
        ("application/json", #"{"import_type":"instructure_csv"}"#),
        ("application/x-www-form-urlencoded", "import_type=instructure_csv"),
        ("application/x-www-form-urlencoded; charset=utf-8", String(repeating: "a[]=1&", count: 100_000)),
        // What curl says of a file unless it is told.
        ("application/x-www-form-urlencoded", terms),
    ])
    func `refuse a body that is no file, and keep nothing of it`(type: String, body: String) async throws {
        let registrar = try await Registrar.open()
        let answer = try await registrar.send(.post, Registrar.path, body: Array(body.utf8), type: type)
        #expect(answer.status == 400 && answer.json["code"]?.string == "invalid")
        #expect(answer.json["field"]?.string == "Content-Type")
        #expect(try await registrar.rows("SELECT id FROM sis_imports") == [])
    }

    @Test func `take a file in a form, with its options before or behind it`() async throws {
        let registrar = try await Registrar.open()
        let type = "multipart/form-data; boundary=b"
        for order in [0, 1] {
            var parts: [(String, String?, String)] = [
                ("attachment", "terms.csv", terms), ("change_threshold", nil, "7"),
            ]
            if order == 1 { parts.reverse() }
            let made = try await registrar.send(
                .post, Registrar.path, query: [("import_type", "instructure_csv")], body: form(parts),
                type: type)
            #expect(made.status == 200 && made.json["change_threshold"]?.int == 7)
            #expect(
                made.json["workflow_state"]?.string == "created"
                    && made.json["data"]?["import_type"] == "instructure_csv")
        }
        #expect(
            try await registrar.rows("SELECT extension, file_size FROM sis_imports") == [
                "(csv,\(terms.utf8.count))", "(csv,\(terms.utf8.count))",
            ])
        for (body, code) in [
            (form([("other", "x.csv", terms)]), "invalid"), (form([("attachment", nil, "")]), "invalid"),
            (Array("--b\r\n".utf8), "malformed_form"),
        ] {
            let refused = try await registrar.send(.post, Registrar.path, body: body, type: type)
            #expect(refused.status == 400 && refused.json["code"]?.string == code)
        }
    }

    @Test func `know a raw file by its extension, else by its type`() async throws {
        let registrar = try await Registrar.open()
        for (type, given, kind) in [
            ("text/csv", nil, "csv"), ("application/zip", nil, "zip"),
            ("application/octet-stream", "csv", "csv"),
            (nil, nil, "zip"), ("text/csv", "zip", "zip"),
        ] {
            let query = given.map { [("extension", $0)] } ?? []
            let made = try await registrar.send(
                .post, Registrar.path, query: query, body: Array(terms.utf8), type: type)
            #expect(made.status == 200)
            #expect(
                try await registrar.rows("SELECT extension FROM sis_imports ORDER BY id DESC LIMIT 1") == [
                    "(\(kind))"
                ])
        }
        #expect(
            try await registrar.send(.post, Registrar.path, query: [("extension", "xml")], body: [1]).status
                == 400)
        #expect(try await registrar.send(.post, Registrar.path).status == 400)
    }

    @Test(arguments: [
        ("import_type", "other"), ("batch_mode", "true"), ("batch_mode", "maybe"), ("change_threshold", "0"),
        ("change_threshold", "101"), ("multi_term_batch_mode", "true"),
        ("diffing_data_set_identifier", String(repeating: "é", count: 65)),
    ])
    func `refuse options that are none`(name: String, value: String) async throws {
        let registrar = try await Registrar.open()
        let answer = try await registrar.send(
            .post, Registrar.path, query: [(name, value)], body: Array(terms.utf8), type: "text/csv")
        #expect(answer.status == 400)
        #expect(try await registrar.rows("SELECT 1 FROM sis_imports").isEmpty)
    }

    @Test func `are about the root account and its admins alone`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let done = try await registrar.bring(["accounts.csv": School.accounts])
        let below = "/api/v1/accounts/sis_account_id:SCI/sis_imports"
        #expect(try await registrar.send(.get, below).status == 403)
        #expect(
            try await registrar.send(.post, below, body: Array(terms.utf8), type: "text/csv").status == 403)
        var student = registrar.admin
        student = Principal(
            institution: student.institution, user: 999, person: 999, name: "x", login: "x",
            roles: ["student"],
            credential: .bearer(token: 2))
        for path in [Registrar.path, "\(Registrar.path)/\(done.id)", "\(Registrar.path)/importing"] {
            #expect(try await registrar.send(.get, path, as: student).status == 403)
        }
        let stranger = Principal(
            institution: registrar.there, user: 1, person: 1, name: "x", login: "x", roles: ["admin"],
            credential: .bearer(token: 3))
        #expect(try await registrar.send(.get, "\(Registrar.path)/\(done.id)", as: stranger).status == 404)
        #expect(
            try await registrar.send(.put, "\(Registrar.path)/\(done.id)/abort", as: stranger).status == 404)
        let listed = try await registrar.send(.get, Registrar.path, as: stranger)
        #expect(listed.json["sis_imports"] == [])
    }

    @Test func `list the newest first, by state and time`() async throws {
        let registrar = try await Registrar.open()
        var ids: [Int] = []
        for _ in 1...3 { ids.append(Int(try await registrar.send(["terms.csv": terms]))) }
        func list(_ query: [(String, String)]) async throws -> [Int] {
            let answer = try await registrar.send(.get, Registrar.path, query: query)
            return (answer.json["sis_imports"]?.array ?? []).compactMap { $0["id"]?.int }
        }
        #expect(try await list([]) == ids.reversed())
        #expect(try await list([("per_page", "1"), ("page", "after:\(ids[2])")]) == [ids[1]])
        #expect(try await list([("workflow_state[]", "created")]) == ids.reversed())
        #expect(try await list([("workflow_state[]", "imported")]).isEmpty)
        #expect(try await list([("created_since", "2090-01-01T00:00:00Z")]).isEmpty)
        #expect(try await list([("created_before", "2090-01-01T00:00:00Z")]).count == 3)
        #expect(try await registrar.send(.get, "\(Registrar.path)/importing").json["sis_imports"] == [])
        #expect(try await registrar.send(.get, "\(Registrar.path)/9007199254740001").status == 404)
    }
}
