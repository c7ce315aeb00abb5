package import Postgres

/// The queue's part of the schema.
package enum JobQueueMigrations {
    /// All of them, in the order of their numbers (60 to 69).
    package static let all = [
        Migration(number: 60, name: "jobs", sql: m0060Jobs),
        Migration(number: 61, name: "job_functions", sql: m0061JobFunctions),
        Migration(number: 62, name: "settled_progress", sql: m0062SettledProgress),
        Migration(number: 65, name: "job_retention", sql: m0065Retention),
    ]

    /// Tables without an institution's policy, each with its reason.
    package static let globalTables: [String: String] = [
        "job_heads":
            "What a worker of any node must know of a job to take it: kind, state, times, lease. No payload, no person.",
        "job_minutes": "Counts of jobs by minute, kind, outcome and error class, over all institutions.",
    ]

    /// Functions that run with their owner's rights, each with its reason.
    package static let definerFunctions: [String: String] = [
        "job_enqueue":
            "Writes jobs of the chosen institution with their heads, which nobody may write otherwise.",
        "job_claim": "Workers take jobs of all institutions, each in turn.",
        "job_rescue": "Leases that ran out are given back, whoever's jobs they are.",
        "job_heartbeat": "Extends leases that the caller's fence still holds.",
        "job_complete": "Ends jobs of the chosen institution that the caller's fence still holds.",
        "job_settle":
            "Puts a job of the chosen institution back or aside, when the caller's fence still holds it.",
        "job_release": "Gives back leases that the caller's fence still holds.",
        "job_cancel": "Cancels a job of the chosen institution.",
        "job_redrive": "Operators send dead letters on their way again, of one institution or of all.",
        "job_sweep_of_institution":
            "Removes finished jobs of the chosen institution after the time that it says.",
        "job_sweep": "Removes finished jobs of all institutions after their time.",
    ]
}
