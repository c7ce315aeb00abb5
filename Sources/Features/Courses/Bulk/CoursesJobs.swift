package import JobQueue

/// The kinds of jobs of this feature.
package enum CoursesJobs {
    /// All of them.
    ///
    /// - Parameters:
    ///   - files: What features above copy of a course before its pages.
    ///   - coursework: What features above copy of a course before its modules.
    /// - Returns: The kinds.
    package static func all(
        files: [any CopyPart] = [], coursework: [any CopyPart] = []
    ) -> [any JobKind] {
        let before: [any CopyPart] = [SettingsCopy()]
        let pages: [any CopyPart] = [PageCopy(), TopicCopy()]
        let after: [any CopyPart] = [
            ModuleCopy(), ItemCopy(), TextCopy(place: .pages), TextCopy(place: .topics),
            TextCopy(place: .syllabus),
        ]
        let copy = CourseCopyJob(parts: before + files + pages + coursework + after)
        return [BulkEnrollmentJob(), CourseBatchJob(), copy]
    }
}
