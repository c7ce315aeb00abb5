/// How much one row may be; what is beyond makes a fault of the row, or ends the file where no end of the row is in sight.
package struct CSVLimits: Hashable, Sendable {
    /// Fields of a row.
    package var columns = 256
    /// Bytes of a field, without its quotes.
    package var fieldBytes = 65_536
    /// Bytes of a row as it stands in the file.
    package var rowBytes = 262_144

    /// The usual limits.
    package init() {}

    /// Other limits.
    package init(columns: Int, fieldBytes: Int, rowBytes: Int) {
        self.columns = columns
        self.fieldBytes = fieldBytes
        self.rowBytes = rowBytes
    }
}
