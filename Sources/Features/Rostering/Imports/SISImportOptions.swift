import JSON
import WebServer

/// How a file is to be imported; read and checked, nothing looked up.
struct SISImportOptions: Hashable, Sendable {
    /// The term that batch mode is about, as it was written; `nil` without batch mode.
    let term: String?
    let rules: StickyRules
    let dataSet: String?
    let isRemaster: Bool
    let changeThreshold: Int?
    let rowThreshold: Int?

    /// Reads the options.
    ///
    /// - Throws: An error that names the field.
    init(_ fields: JSONFields) throws {
        _ = try fields.optionalString("import_type", oneOf: ["instructure_csv"])
        guard try fields.optionalBool("multi_term_batch_mode") != true else {
            throw fields.error("multi_term_batch_mode", .other("is not supported"))
        }
        if try fields.optionalBool("batch_mode") == true {
            term = try fields.string("batch_mode_term_id", in: 1...280)
        } else {
            term = nil
        }
        let overrides = try fields.optionalBool("override_sis_stickiness") ?? false
        // As Canvas has it, the two others mean something together with the first only.
        rules = StickyRules(
            overrides: overrides, adds: try fields.optionalBool("add_sis_stickiness") == true && overrides,
            clears: try fields.optionalBool("clear_sis_stickiness") == true && overrides)
        let set = try fields.optionalString("diffing_data_set_identifier", max: 128)
        dataSet = set?.isEmpty == false ? set : nil
        isRemaster = try fields.optionalBool("diffing_remaster_data_set") ?? false
        changeThreshold = try fields.optionalInt("change_threshold", in: 1...100)
        rowThreshold = try fields.optionalInt("diff_row_count_threshold", in: 1...1_000_000_000)
        guard (dataSet?.utf8.count ?? 1) <= 128 else {
            throw fields.error("diffing_data_set_identifier", .other("has more than 128 bytes"))
        }
        guard dataSet == nil || term == nil else {
            throw fields.error("diffing_data_set_identifier", .other("cannot be used with batch_mode"))
        }
    }
}
