import Foundation

/// Names of time zones, as the IANA has them.
package enum TimeZoneName {
    private static let known = Set(TimeZone.knownTimeZoneIdentifiers).union(["Etc/UTC", "UTC", "GMT"])

    /// Whether there is a time zone of that name.
    package static func isKnown(_ name: String) -> Bool { known.contains(name) }
}
