import CSV
import Postgres
import Rostering
import Tenancy

/// A roster as CSV files that an import reads back.
///
/// All rows are of one snapshot; what a spreadsheet would compute is disarmed. Confined to the loop of its pool.
struct ProvisioningExport {
    let institution: InstitutionID
    let pool: PostgresPool
    let files: [RosterExport]
    let archive: ArchiveFile

    /// Writes all of it; the archive is finished by the caller.
    ///
    /// - Parameter progress: Told now and then how much is done, 0 to 100; throws to stop.
    /// - Throws: What the database or the disk throws.
    func run(progress: (Double) throws -> Void) async throws {
        let options = TransactionOptions(
            isolation: .repeatableRead, isReadOnly: true, statementTimeout: InstitutionExport.patience)
        try await pool.transaction(tenant: institution, options: options) { transaction in
            let reader = TableReader(transaction)
            for (number, file) in files.enumerated() {
                try await archive.begin(file.file)
                var piece: [UInt8] = []
                CSVWriter.write(file.header, to: &piece)
                try await archive.add(piece)
                try await reader.rows(file.query, [.int(institution.rawValue)]) { rows in
                    var piece: [UInt8] = []
                    for row in rows {
                        var fields: [String?] = []
                        for place in file.header.indices {
                            fields.append(try row.textOrNil(place).map(CSVFormula.disarmed))
                        }
                        CSVWriter.write(fields, to: &piece)
                    }
                    try await archive.add(piece)
                    try progress(100 * Double(number) / Double(files.count))
                }
                _ = try await archive.end()
            }
        }
        try progress(100)
    }
}
