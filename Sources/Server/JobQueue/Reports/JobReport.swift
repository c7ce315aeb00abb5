package import JSON

/// How much there is of one kind.
package struct JobDepth: Sendable, Equatable {
    package var kind: String
    /// Due, and not taken yet.
    package var available = 0
    /// Not due yet: for later, or between two attempts.
    package var scheduled = 0
    package var running = 0
    package var dead = 0
    /// For how long the job has been due that waits longest.
    package var oldest: Duration = .zero

    package init(kind: String) { self.kind = kind }
}

/// What came of jobs of one kind within one minute.
package struct JobMinute: Sendable, Equatable {
    /// The minute's beginning, in milliseconds since 1970.
    package var at: Int64
    package var kind: String
    package var completed = 0
    /// Attempts that failed, those that killed the job among them.
    package var failed = 0
    /// Milliseconds that attempts took.
    package var busy: Int64 = 0
}

/// Failed attempts of one kind and class within the last hour.
package struct JobFailures: Sendable, Equatable {
    package var kind: String
    package var errorClass: String
    package var count: Int
}

/// Dead letters of one kind and class.
package struct DeadLetters: Sendable, Equatable {
    package var kind: String
    package var errorClass: String
    package var count: Int
    /// When the last one died, in milliseconds since 1970.
    package var latest: Int64
    /// Some of them, the latest first.
    package var jobs: [Int64]
}

extension JobReport {
    /// The most ids that stand beside dead letters of one kind and class.
    private static let mostShown = 20

    /// Adds dead letters of another database to those of the same kind and class.
    mutating func add(_ letters: DeadLetters) {
        guard
            let place = deadLetters.firstIndex(where: {
                $0.kind == letters.kind && $0.errorClass == letters.errorClass
            })
        else { return deadLetters.append(letters) }
        deadLetters[place].count += letters.count
        deadLetters[place].latest = max(deadLetters[place].latest, letters.latest)
        deadLetters[place].jobs = Array((deadLetters[place].jobs + letters.jobs).prefix(JobReport.mostShown))
    }

    /// Adds the kinds that have nothing at present, so that they are seen, too.
    mutating func add(_ catalogue: JobCatalogue) {
        let known = Set(depths.map(\.kind))
        depths += catalogue.kinds.filter { !known.contains($0.name) }.map { JobDepth(kind: $0.name) }
        depths.sort { $0.kind < $1.kind }
    }
}

/// The queue at one moment, for those who look after it.
package struct JobReport: Sendable, Equatable {
    /// Milliseconds since 1970.
    package var at: Int64
    package var depths: [JobDepth]
    /// The last hour, the oldest first; `nil` where only one institution is looked at, for which nobody counts minutes.
    package var minutes: [JobMinute]?
    /// Failed attempts of the last hour by kind and class; `nil` likewise.
    package var failures: [JobFailures]?
    package var deadLetters: [DeadLetters]

    /// The report as the API gives it; `time` writes milliseconds since 1970 for what ends in `_at`.
    package func json(time: (Int64) -> String) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("at", at)
                json.name("kinds")
                json.array(of: depths) { json, depth in
                    json.object { json in
                        json.member("kind", depth.kind)
                        json.member("available", depth.available)
                        json.member("scheduled", depth.scheduled)
                        json.member("running", depth.running)
                        json.member("dead", depth.dead)
                        json.member("oldest_seconds", Int(depth.oldest.components.seconds))
                    }
                }
                if let minutes {
                    json.name("minutes")
                    json.array(of: minutes) { json, minute in
                        json.object { json in
                            json.member("at", minute.at)
                            json.member("kind", minute.kind)
                            json.member("completed", minute.completed)
                            json.member("failed", minute.failed)
                            json.member("busy_ms", minute.busy)
                        }
                    }
                }
                if let failures {
                    json.name("failures")
                    json.array(of: failures) { json, row in
                        json.object { json in
                            json.member("kind", row.kind)
                            json.member("error_class", row.errorClass)
                            json.member("count", row.count)
                        }
                    }
                }
                json.name("dead_letters")
                json.array(of: deadLetters) { json, letters in
                    json.object { json in
                        json.member("kind", letters.kind)
                        json.member("error_class", letters.errorClass)
                        json.member("count", letters.count)
                        json.member("latest_at", time(letters.latest))
                        json.name("job_ids")
                        json.array(of: letters.jobs) { json, id in json.int(id) }
                    }
                }
            }
        }
    }
}
