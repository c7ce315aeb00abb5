import JSON
import LiveHub

/// The data that answers a change (`status` and what belongs to it).
enum CallResult {
    /// The change stands in the log.
    static func recorded(offset: UInt64, at: Int64, run: Int64? = nil) -> RawJSON {
        written("recorded", offset: offset, at: at, run: run)
    }

    /// It was made before: the first result.
    static func duplicate(offset: UInt64, at: Int64, run: Int64? = nil) -> RawJSON {
        written("duplicate", offset: offset, at: at, run: run)
    }

    /// Something ephemeral was taken.
    static func taken(at: Int64) -> RawJSON {
        RawJSON {
            $0.object {
                $0.member("status", "recorded")
                $0.member("at", at)
            }
        }
    }

    static func refused(_ refusal: Refusal, at: Int64) -> RawJSON {
        RawJSON {
            $0.object {
                $0.member("status", "refused")
                $0.member("reason", refusal.reason.rawValue)
                $0.member("at", at)
                $0.member("retry_after_ms", refusal.retryAfterMilliseconds)
                if let limit = refusal.limit { $0.member("limit", limit.name) }
            }
        }
    }

    private static func written(_ status: String, offset: UInt64, at: Int64, run: Int64?) -> RawJSON {
        RawJSON {
            $0.object {
                $0.member("status", status)
                $0.member("id", offset)
                $0.member("at", at)
                $0.member("offset", offset)
                $0.member("run", run)
            }
        }
    }
}
