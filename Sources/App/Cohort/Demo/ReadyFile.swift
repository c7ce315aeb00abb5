import JSON

/// What scripts read once the demo serves: where it is, and everybody's secrets.
struct ReadyFile: Sendable {
    /// Where a test may look behind the curtain; in the file with test endpoints only.
    struct Database: Sendable {
        let socketFolder: String
        let name: String
        let superuser: String
    }

    /// One of several nodes.
    struct Node: Sendable {
        let name: String
        /// `nil`, and not in the file, while it is not there.
        let pid: Int32?
        let baseURL: String
        let liveURL: String
    }

    let baseURL: String
    let liveURL: String
    /// `nil`, and not in the file, without HTTPS.
    var secureURL: String?
    let pid: Int32
    let tokenSecret: String
    let course: Int64
    let liveClass: Int64
    let quiz: Int64
    let schools: [DemoCast.School]
    var database: Database?
    var nodes: [Node] = []
    var redisURL: String?
    /// `nil` also where the Redis is not ours.
    var redisPid: Int32?
    var balancerPid: Int32?

    /// The file's content.
    var json: RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("base_url", baseURL)
                json.member("ws_url", liveURL)
                if let secureURL { json.member("https_url", secureURL) }
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
                if let database {
                    json.object("database") { json in
                        json.member("socket_dir", database.socketFolder)
                        json.member("port", 5432)
                        json.member("name", database.name)
                        json.member("superuser", database.superuser)
                    }
                }
                guard !nodes.isEmpty else { return }
                json.array("nodes", of: nodes) { json, node in
                    json.object { json in
                        json.member("name", node.name)
                        json.member("pid", node.pid.map(Int.init))
                        json.member("base_url", node.baseURL)
                        json.member("ws_url", node.liveURL)
                    }
                }
                json.member("redis_url", redisURL)
                json.member("redis_pid", redisPid.map(Int.init))
                json.member("balancer_pid", balancerPid.map(Int.init))
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
