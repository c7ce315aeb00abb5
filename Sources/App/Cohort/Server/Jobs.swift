import JobQueue

/// Every kind of job that this program does, listed once; a feature hands its kinds in as values.
enum Jobs {
    /// The catalogue of a node.
    ///
    /// - Parameter hasTestEndpoints: Whether tests may have jobs of their own done.
    /// - Returns: All kinds.
    static func all(hasTestEndpoints: Bool) -> JobCatalogue {
        var kinds: [any JobKind] = []
        if hasTestEndpoints { kinds += [EffectTestJob(), EmptyTestJob()] as [any JobKind] }
        return JobCatalogue(kinds)
    }
}
