import JSON

/// How an event of the log becomes what subscribers receive.
enum LogEvent {
    /// The event with its offset as `id`.
    static func visible(_ body: RawJSON, offset: UInt64) -> RawJSON {
        body.prepending("id", offset) ?? hidden(offset: offset)
    }

    /// What stands in place of a hidden event, so that offsets stay contiguous.
    static func hidden(offset: UInt64) -> RawJSON {
        RawJSON {
            $0.object {
                $0.member("id", offset)
                $0.member("type", "skip")
            }
        }
    }

    /// Reads a stored event; text that is not JSON, which the log never writes, is treated as hidden.
    static func stored(_ body: [UInt8], isHidden: Bool, offset: UInt64) -> RawJSON {
        guard !isHidden, let value = try? RawJSON(validating: body) else { return hidden(offset: offset) }
        return visible(value, offset: offset)
    }
}
