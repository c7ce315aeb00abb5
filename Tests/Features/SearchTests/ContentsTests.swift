import HTTPTypes
import JSON
import Postgres
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses
@testable import Search

struct `What is in a course` {
    private struct Site {
        let school: School
        let course: CourseRegistry.Created
    }

    private func open(_ desk: Desk) async throws -> Site {
        let school = try await desk.institution(["Ada": .student, "Ito": .instructor])
        let course = try await desk.course(in: school, [("Ada", .student), ("Ito", .teacher)])
        try await desk.build(school)
        return Site(school: school, course: course)
    }

    private func page(_ title: String, _ body: String, state: String, _ desk: Desk, _ site: Site) async throws
    {
        try await desk.pool.query(
            """
            INSERT INTO pages (institution_id, course_id, url, title, body, workflow_state, edited_by)
            VALUES ($1, $2, lower($3), $3, $4, $5, $6)
            """,
            [
                .int(site.school.id.rawValue), .int(site.course.course.id), .text(title), .text(body),
                .text(state),
                .int(site.school["Ito"].user),
            ], tenant: site.school.id)
    }

    private func topic(
        _ title: String, announcement: Bool = false, state: String = "active", delayed: String = "NULL",
        _ desk: Desk,
        _ site: Site
    ) async throws {
        try await desk.change(
            """
            INSERT INTO discussion_topics (
                institution_id, course_id, author_id, title, message, is_announcement, workflow_state, delayed_post_at,
                posted_at)
            VALUES ($1, \(site.course.course.id), \(site.school["Ito"].user), '\(title)', '<p>About moss.</p>',
                \(announcement), '\(state)', \(delayed), now())
            """, in: site.school)
    }

    private func find(
        _ filters: [String], as user: String, _ desk: Desk, _ site: Site
    ) async throws -> [String: String] {
        let answer = try await desk.get(
            "/api/v1/courses/\(site.course.course.id)/smartsearch",
            [("q", "moss")] + filters.map { ("filter[]", $0) }, as: site.school[user])
        var types: [String: String] = [:]
        for result in try require(answer.json["results"]?.array) {
            types[result["title"]?.string ?? ""] = result["content_type"]?.string
        }
        return types
    }

    @Test func `is found by pages, announcements, discussions and files, as far as it is published`()
        async throws
    {
        let library = try await Library.open()
        try await library.run { desk in
            let site = try await open(desk)
            try await page("Mosses", "<p>Moss grows slowly.</p>", state: "active", desk, site)
            try await page("Draft", "<p>Moss, unfinished.</p>", state: "unpublished", desk, site)
            try await page("Gone", "<p>Moss, removed.</p>", state: "deleted", desk, site)
            try await topic("Excursion", announcement: true, desk, site)
            try await topic("Next week", announcement: true, delayed: "now() + interval '7 days'", desk, site)
            try await topic("Where does it grow?", desk, site)
            try await topic("Later", state: "unpublished", desk, site)
            try await desk.bring(site.school)
            let seen = [
                "Mosses": "WikiPage", "Excursion": "Announcement", "Where does it grow?": "DiscussionTopic",
            ]
            #expect(try await find([], as: "Ada", desk, site) == seen)
            #expect(
                try await find([], as: "Ito", desk, site)
                    == seen.merging([
                        "Draft": "WikiPage", "Next week": "Announcement", "Later": "DiscussionTopic",
                    ]) { $1 })
            #expect(try await find(["pages"], as: "Ada", desk, site) == ["Mosses": "WikiPage"])
            #expect(try await find(["announcements"], as: "Ada", desk, site) == ["Excursion": "Announcement"])
            // Its time comes without anything being written.
            try await desk.change(
                """
                UPDATE discussion_topics SET delayed_post_at = now() - interval '1 second'
                WHERE institution_id = $1 AND title = 'Next week'
                """, in: site.school)
            #expect(try await find(["announcements"], as: "Ada", desk, site).count == 2)
            // Taken back: gone at once, before the index knows.
            try await desk.change(
                "UPDATE pages SET workflow_state = 'unpublished' WHERE institution_id = $1 AND title = 'Mosses'",
                in: site.school)
            #expect(try await find(["pages"], as: "Ada", desk, site).isEmpty)
        }
    }

    @Test func `is not found while a module keeps it back`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let site = try await open(desk)
            try await page("Mosses", "<p>Moss grows slowly.</p>", state: "active", desk, site)
            try await desk.bring(site.school)
            try await desk.change(
                """
                WITH made AS (
                    INSERT INTO modules (institution_id, course_id, name, position, is_published, unlock_at)
                    VALUES ($1, \(site.course.course.id), 'Later', 1, true, now() + interval '1 day')
                    RETURNING id)
                INSERT INTO module_items (institution_id, course_id, module_id, position, type, content_id, is_published)
                SELECT $1, \(site.course.course.id), made.id, 1, 'Page', p.id, true
                FROM made, pages p WHERE p.institution_id = $1
                """, in: site.school)
            #expect(try await find([], as: "Ada", desk, site).isEmpty)
            #expect(try await find([], as: "Ito", desk, site).count == 1)
        }
    }

    @Test func `is found by the parts of a file's name`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let site = try await open(desk)
            try await desk.change(
                """
                WITH folder AS (
                    INSERT INTO folders (institution_id, course_id, name, full_name, depth)
                    VALUES ($1, \(site.course.course.id), 'course files', 'course files', 0) RETURNING id)
                INSERT INTO files (
                    institution_id, uuid, folder_id, course_id, owner_id, display_name, filename, content_type, size, sha256)
                SELECT $1, gen_random_uuid(), folder.id, \(site.course.course.id), \(site.school["Ito"].user),
                    'field_notes-moss.pdf', 'x', 'application/pdf', 1, repeat('0', 64)
                FROM folder
                """, in: site.school)
            try await desk.bring(site.school)
            #expect(try await desk.indexed("file", of: site.school).count == 1)
            let files = ["field_notes-moss.pdf": "Attachment"]
            // Not scanned yet: it is for its owner alone.
            #expect(try await find(["files"], as: "Ito", desk, site) == files)
            #expect(try await find(["files"], as: "Ada", desk, site).isEmpty)
            try await desk.change(
                "UPDATE files SET scan_state = 'clean' WHERE institution_id = $1", in: site.school)
            #expect(try await find(["files"], as: "Ada", desk, site) == files)
            try await desk.change(
                "UPDATE folders SET hidden = true WHERE institution_id = $1", in: site.school)
            #expect(try await find(["files"], as: "Ada", desk, site).isEmpty)
        }
    }
}
