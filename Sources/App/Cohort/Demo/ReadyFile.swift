import JSON

/// What scripts read once the demo serves: where it is, and everybody's secrets.
struct ReadyFile: Sendable {
    /// Where a test may look behind the curtain; in the file with test endpoints only.
    struct Database: Sendable {
        let socketFolder: String
        let name: String
        let superuser: String
    }

    let baseURL: String
    let liveURL: String
    let pid: Int32
    let tokenSecret: String
    let course: Int64
    let liveClass: Int64
    let quiz: Int64
    let schools: [DemoCast.School]
    var database: Database?

    /// The file's content.
    var json: RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("base_url", baseURL)
                json.member("ws_url", liveURL)
                json.member("pid", Int(pid))
                json.member("token_secret", tokenSecret)
                json.member("course_id", course)
                json.member("class_id", liveClass)
                json.member("quiz_id", quiz)
                json.array("institutions", of: schools) { json, school in
                    json.object { json in
                        json.member("id", school.id)
                        json.member("name", school.name)
                        json.object("users") { json in
                            json.object("admin") { ReadyFile.write(school.admin, &$0) }
                            json.object("instructor") { ReadyFile.write(school.instructor, &$0) }
                            json.object("parent") { ReadyFile.write(school.parent, &$0) }
                            json.array("students", of: school.students) { json, student in
                                json.object { ReadyFile.write(student, &$0) }
                            }
                        }
                    }
                }
                guard let database else { return }
                json.object("database") { json in
                    json.member("socket_dir", database.socketFolder)
                    json.member("port", 5432)
                    json.member("name", database.name)
                    json.member("superuser", database.superuser)
                }
            }
        }
    }

    /// Writes the file by renaming, with mode 0600.
    func write(to path: String) throws(PrivateFile.Failure) {
        try PrivateFile.write(json.bytes + [UInt8(ascii: "\n")], to: path)
    }

    private static func write(_ member: DemoCast.Member, _ json: inout JSONWriter) {
        json.member("id", member.id)
        json.member("name", member.name)
        json.member("login", member.login)
        json.member("password", member.password)
        json.member("api_token", member.token)
    }
}
