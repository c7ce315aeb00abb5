/// What the demo prints once it serves: where to go, and whom to sign in as.
struct DemoBanner {
    let baseURL: String
    let cast: DemoCast
    let liveClass: Int64
    let folder: String
    let logFile: String
    let notes: [String]

    var text: String {
        var lines = ["", "  Cohort is ready:  \(baseURL)", ""]
        lines.append("  A class is live:  \(baseURL)/courses/\(cast.courses[0])/classes/\(liveClass)")
        lines.append("  Password of all:  \(DemoCast.password)")
        lines.append("")
        for school in cast.schools {
            lines.append("  \(school.name)")
            var rows = [("instructor", school.instructor), ("student", school.students[0])]
            rows += [("student", school.students[1]), ("parent", school.parent), ("admin", school.admin)]
            for (role, member) in rows {
                lines.append(
                    "    \(DemoBanner.padded(role, 11)) \(DemoBanner.padded(member.login, 38)) \(member.name)"
                )
            }
            lines.append("    … and \(school.students.count - 2) more students")
        }
        let commuter = DemoSchool.commuter
        lines.append("  Both")
        lines.append(
            "    \(DemoBanner.padded("instructor", 11)) \(DemoBanner.padded(commuter.login, 38)) \(commuter.name)"
        )
        lines.append("")
        lines += notes.map { "  \($0)" }
        lines.append("  Data and log:  \(folder), \(logFile)")
        lines.append("  Ctrl-C stops everything; the next start goes on from here.")
        lines.append("")
        return lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
