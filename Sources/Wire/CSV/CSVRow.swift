/// One row of a file.
package struct CSVRow: Hashable, Sendable {
    /// Which row of the file it is, from 1.
    package let number: Int
    /// The fields, unquoted.
    package let fields: [String]

    /// Describes a row.
    package init(number: Int, fields: [String]) {
        self.number = number
        self.fields = fields
    }
}

/// Why a row of a file is none.
package struct CSVFault: Hashable, Sendable {
    /// What is wrong.
    package enum Problem: Hashable, Sendable {
        /// Bytes that are not UTF-8.
        case notUTF8
        /// A zero byte.
        case nul
        /// A quote within a field that does not begin with one, or text behind a closing quote.
        case strayQuote
        case tooManyColumns(limit: Int)
        case fieldTooLong(limit: Int)
        /// Where it happens within quotes, the rest of the file is not looked at.
        case rowTooLong(limit: Int)
        /// The file ended within quotes.
        case unclosedQuote
    }

    /// Which row of the file it is, from 1.
    package let number: Int
    /// The first thing that is wrong with it.
    package let problem: Problem

    /// Describes a fault.
    package init(number: Int, problem: Problem) {
        self.number = number
        self.problem = problem
    }

    /// A sentence without a full stop, without anything of the row.
    package var message: String {
        switch problem {
        case .notUTF8: "the row is not UTF-8"
        case .nul: "the row has a zero byte"
        case .strayQuote: "a quote stands where none may be"
        case .tooManyColumns(let limit): "the row has more than \(limit) columns"
        case .fieldTooLong(let limit): "a field is longer than \(limit) bytes"
        case .rowTooLong(let limit): "the row is longer than \(limit) bytes"
        case .unclosedQuote: "a quoted field has no end"
        }
    }
}
