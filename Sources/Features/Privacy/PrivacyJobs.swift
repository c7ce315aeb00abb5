package import JobQueue
package import Postgres
package import Telemetry

/// The kinds of jobs of this feature.
package enum PrivacyJobs {
    /// All of them.
    ///
    /// - Parameters:
    ///   - tables: The program's tables.
    ///   - place: Where archives are made and kept; `nil` where an operator has named no place for files.
    ///   - metrics: Where sweeps count.
    /// - Returns: The kinds.
    package static func all(
        tables: [TableDeclaration], place: ExportPlace?, metrics: Metrics
    ) -> [any JobKind] {
        [
            ReportJob(tables: tables, place: place), ErasureJob(tables: tables, place: place),
            RetentionJob(place: place, meters: RetentionMeters(metrics)),
        ]
    }
}
