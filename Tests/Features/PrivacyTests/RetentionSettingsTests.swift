import JSON
import Postgres
import Testing

@testable import Privacy

struct `Retention settings` {
    @Test func `hold the standard where nothing is set`() throws {
        let settings = try RetentionSettings(nil)
        for item in RetentionSettings.Item.allCases {
            #expect(settings.value(item) == item.standard)
            #expect(item.bounds.contains(item.standard))
        }
        #expect(settings.values.allSatisfy { $0 == .int(nil) })
    }

    @Test func `take numbers within their bounds, and null for the standard`() throws {
        var settings = try RetentionSettings(nil)
        let changed = try settings.change(
            JSONFields(
                ["audit_days": 30, "export_days": 30, "deleted_file_days": .null, "other": 1] as JSONValue))
        #expect(changed == [.audit, .deletedFiles, .exports])
        #expect(settings.value(.audit) == 30)
        #expect(settings.value(.exports) == 30)
        #expect(settings.value(.deletedFiles) == RetentionSettings.Item.deletedFiles.standard)
        _ = try settings.change(JSONFields(["audit_days": .null] as JSONValue))
        #expect(settings.value(.audit) == RetentionSettings.Item.audit.standard)
    }

    @Test(arguments: [("audit_days", 29), ("audit_days", 3651), ("export_days", 0), ("job_days", 61)])
    func `refuse what lies outside`(name: String, days: Int64) throws {
        var settings = try RetentionSettings(nil)
        #expect(throws: (any Error).self) {
            try settings.change(JSONFields([name: .int(days)] as JSONValue))
        }
    }
}
