import JSON
import Testing

@testable import Courses

struct `How a course is to be copied` {
    @Test func `is read again from what is kept of it`() throws {
        let options = try CopyOptions(
            try JSONFields([
                "select": ["pages": [3, 4], "announcements": [5], "discussion_topics": [6], "rubrics": [1]],
                "date_shift_options": [
                    "shift_dates": true, "old_start_date": "2026-09-01",
                    "new_start_date": "2027-02-01T10:00:00Z",
                    "day_substitutions": ["1": "2"],
                ],
            ]))
        #expect(options.selected == [.page: [3, 4], .topic: [5, 6]])
        #expect(try CopyOptions(try JSONFields(options.payload)) == options)
        let whole = try CopyOptions(try JSONFields([:]))
        #expect(whole.selected == nil && whole.dates == nil)
        #expect(try CopyOptions(try JSONFields(whole.payload)) == whole)
    }

    @Test(
        arguments: [
            (["select": ["pages": ["x"]]], "select.pages[0]"),
            (["date_shift_options": ["shift_dates": true]], "date_shift_options.old_start_date"),
            (
                ["date_shift_options": ["shift_dates": true, "old_start_date": "2026-09-01"]],
                "date_shift_options.new_start_date"
            ),
            (
                [
                    "date_shift_options": [
                        "shift_dates": true, "old_start_date": "2026-09-01", "new_start_date": "2027-02-01",
                        "new_end_date": "2027-06-01",
                    ]
                ], "date_shift_options.old_end_date"
            ),
            (
                [
                    "date_shift_options": [
                        "shift_dates": true, "old_start_date": "2026-09-01", "old_end_date": "2026-09-01",
                        "new_start_date": "2027-02-01", "new_end_date": "2027-06-01",
                    ]
                ], "date_shift_options.old_end_date"
            ),
            (
                [
                    "date_shift_options": [
                        "shift_dates": true, "old_start_date": "2026-09-01", "new_start_date": "2027-02-01",
                        "day_substitutions": ["7": 1],
                    ]
                ], "date_shift_options.day_substitutions"
            ),
        ] as [(JSONValue, String)])
    func `names the field that is wrong`(body: JSONValue, field: String) throws {
        let fields = try JSONFields(body)
        let error = #expect(throws: FieldError.self) { try CopyOptions(fields) }
        #expect(error?.field == field)
    }

    // The old course begins on a Tuesday, the new one on a Monday.
    @Test(arguments: [
        ("null", "2026-09-08 23:59:00+00", "2026-09-08 23:59:00+00"),
        (#"{"removes": true}"#, "2026-09-08 23:59:00+00", ""),
        (
            #"{"zone": "UTC", "old_start": "2026-09-01", "new_start": "2027-02-01"}"#,
            "2026-09-08 23:59:00+00",
            "2027-02-08 23:59:00+00"
        ),
        // The time of day stays where the clock has changed.
        (
            #"{"zone": "Europe/Berlin", "old_start": "2026-09-01", "new_start": "2027-02-01"}"#,
            "2026-09-08 21:59:00+00", "2027-02-08 22:59:00+00"
        ),
        // Half as long a course: what was in its middle still is.
        (
            #"{"zone": "UTC", "old_start": "2026-09-01", "old_end": "2026-09-21", "new_start": "2027-02-01", "new_end": "2027-02-11"}"#,
            "2026-09-11 08:00:00+00", "2027-02-06 08:00:00+00"
        ),
        // Tuesdays become Wednesdays: the next one.
        (
            #"{"zone": "UTC", "old_start": "2026-09-01", "new_start": "2027-02-01", "weekdays": {"2": 3}}"#,
            "2026-09-08 08:00:00+00", "2027-02-10 08:00:00+00"
        ),
    ])
    func `moves dates by whole days`(options: String, moment: String, wanted: String) async throws {
        let campus = try await Campus.open()
        let found = try await campus.rows(
            """
            SELECT coalesce(copied_date('\(moment)', '\(options)') AT TIME ZONE 'UTC' || '+00', '')
            """)
        #expect(found == [wanted.isEmpty ? "(\"\")" : "(\"\(wanted)\")"])
    }
}
