/// The steps of an import, the same at each attempt.
struct ImportPlan: Sendable {
    enum Step: Sendable {
        /// What is to be said before anything is done.
        case opening
        case file(RosterPackage.File)
        /// What the last import of the data set had and this one has not.
        case removals(RosterKind)
        /// What batch mode removes.
        case cleanup
    }

    let steps: [Step]
    private let sizes: [Int]

    /// Plans an import.
    ///
    /// - Parameters:
    ///   - files: Its files, in their order.
    ///   - diffed: Kinds that are compared with the last import.
    ///   - hasCleanup: Whether batch mode ends it.
    init(files: [RosterPackage.File], diffed: Set<RosterKind>, hasCleanup: Bool) {
        var steps: [Step] = [.opening]
        var sizes = [0]
        for (place, file) in files.enumerated() {
            steps.append(.file(file))
            sizes.append(file.size)
            let isLast = place + 1 == files.count || files[place + 1].kind != file.kind
            if isLast, diffed.contains(file.kind) {
                steps.append(.removals(file.kind))
                sizes.append(0)
            }
        }
        if hasCleanup {
            steps.append(.cleanup)
            sizes.append(0)
        }
        self.steps = steps
        self.sizes = sizes
    }

    /// How far the import is, in whole percent below 100.
    func progress(step: Int, consumed: Int) -> Int {
        let all = sizes.reduce(0, +)
        guard all > 0 else { return 0 }
        return min(99, 100 * (sizes[..<step].reduce(0, +) + consumed) / all)
    }

    /// Whether two files are too different in size to be compared: the later one is so many percent smaller or larger.
    static func exceeds(threshold: Int64?, former: Int64, now: Int64) -> Bool {
        guard let threshold, former > 0 else { return false }
        return abs(now - former) * 100 > threshold * former
    }
}
