import Assessment
import Content
import Courses
import JobQueue
import Postgres
import Privacy
import Rostering
import Search
import Telemetry

/// Every kind of job that this program does, listed once; a feature hands its kinds in as values.
enum Jobs {
    /// The catalogue of a node.
    ///
    /// - Parameters:
    ///   - hasTestEndpoints: Whether tests may have jobs of their own done.
    ///   - files: What an operator decides about files.
    ///   - search: What a node that has a search index does its jobs with.
    ///   - place: Where exports are made and kept, on a node that has a place for files.
    ///   - metrics: Where kinds count.
    ///   - catalogueDidChange: Told after a job that may have changed an institution's courses.
    /// - Returns: All kinds.
    static func all(
        hasTestEndpoints: Bool, files: ContentServices.Settings = ContentServices.Settings(),
        search: SearchWorker? = nil, place: ExportPlace? = nil, metrics: Metrics = Metrics(),
        catalogueDidChange: @escaping @Sendable (TenantID) -> Void = { _ in }
    ) -> JobCatalogue {
        let changing: [any JobKind] =
            CoursesJobs.all(
                files: ContentCopies.all(files), coursework: AssessmentCopies.all) + RosteringJobs.all
        var kinds: [any JobKind] = changing.map { CatalogueJob(kind: $0, didChange: catalogueDidChange) }
        kinds += PrivacyJobs.all(tables: Schema.tables, place: place, metrics: metrics)
        if let search { kinds += [SearchFeedJob(search), SearchRebuildJob(search)] as [any JobKind] }
        if hasTestEndpoints { kinds += [EffectTestJob(), EmptyTestJob()] as [any JobKind] }
        return JobCatalogue(kinds)
    }
}
