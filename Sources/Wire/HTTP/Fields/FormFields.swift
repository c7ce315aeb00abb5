/// The fields of a query or of an `application/x-www-form-urlencoded` body, in their order.
///
/// Names may come more than once, and brackets in names are left as they are.
package struct FormFields: Sendable, Equatable {
    /// One `name=value`, both decoded; without "=" the value is empty.
    package struct Field: Sendable, Equatable {
        /// The decoded name, brackets included; may be empty.
        package let name: String
        /// The decoded value; may hold any character, NUL too.
        package let value: String

        /// A field of two texts that are decoded already.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Enough for a screen full of answers, and too few to fill a hash table with.
    package static let defaultLimit = 1000

    /// The fields as they came.
    package private(set) var fields: [Field] = []

    /// Splits and decodes `bytes`; empty pieces between "&" are skipped.
    ///
    /// Throws `invalidForm` where a piece does not decode to UTF-8, `tooManyFormFields` beyond `limit`.
    package init(parsing bytes: Span<UInt8>, limit: Int = FormFields.defaultLimit) throws(HTTPError) {
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            while end < bytes.count, bytes[end] != ASCII.ampersand {
                if equals == nil, bytes[end] == ASCII.equals { equals = end }
                end &+= 1
            }
            if end > start {
                guard fields.count < limit else { throw .tooManyFormFields }
                let nameEnd = equals ?? end
                let valueStart = equals.map { $0 + 1 } ?? end
                guard let name = PercentCoding.decode(bytes.extracting(start..<nameEnd), plusIsSpace: true),
                    let value = PercentCoding.decode(bytes.extracting(valueStart..<end), plusIsSpace: true)
                else { throw .invalidForm }
                fields.append(Field(name: name, value: value))
            }
            start = end &+ 1
        }
    }

    /// As the other, for text.
    package init(parsing text: String, limit: Int = FormFields.defaultLimit) throws(HTTPError) {
        try self.init(parsing: text.utf8.span, limit: limit)
    }

    /// The value of the first field called `name`, or `nil`.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The values of all fields called `name`, in their order.
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
