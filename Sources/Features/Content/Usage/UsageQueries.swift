import Postgres

/// The SQL of how much is stored.
enum UsageQueries {
    /// $1 institution, $2 course, $3 user: makes the row where it is missing.
    static let open: Statement = """
        INSERT INTO content_usage (institution_id, course_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
        """

    /// $1 institution, $2 id, $3 bytes more or less, $4 the default quota, 0 for none; no row when that is too much.
    static func charge(_ place: Place) -> Statement {
        switch place {
        case .course: chargeCourse
        case .user: chargeUser
        case .institution: chargeInstitution
        }
    }

    enum Place { case course, user, institution }

    private static let chargeCourse = Statement(charge("course_id = $2 AND user_id IS NULL"))
    private static let chargeUser = Statement(charge("user_id = $2 AND course_id IS NULL"))
    private static let chargeInstitution = Statement(
        charge("course_id IS NULL AND user_id IS NULL AND $2::bigint IS NULL"))

    private static func charge(_ place: String) -> String {
        """
        UPDATE content_usage SET bytes_used = bytes_used + $3
        WHERE institution_id = $1 AND \(place)
            AND ($3 <= 0 OR coalesce(quota_bytes, nullif($4, 0)) IS NULL
                OR bytes_used + $3 <= coalesce(quota_bytes, nullif($4, 0)))
        RETURNING bytes_used
        """
    }

    /// $1 institution, $2 course or null, $3 user or null: what is used, and the quota of its own.
    static let show: Statement = """
        SELECT bytes_used, quota_bytes FROM content_usage
        WHERE institution_id = $1 AND course_id IS NOT DISTINCT FROM $2::bigint
            AND user_id IS NOT DISTINCT FROM $3::bigint
        """

    /// $1 institution, $2 whether files wait for a scan.
    static let setPolicy: Statement = """
        INSERT INTO content_policies (institution_id, requires_scan) VALUES ($1, $2)
        ON CONFLICT (institution_id) DO UPDATE SET requires_scan = excluded.requires_scan
        """

    /// $1 institution, $2 course or null, $3 user or null, $4 quota or null for the default.
    static let setQuota: Statement = """
        INSERT INTO content_usage (institution_id, course_id, user_id, quota_bytes) VALUES ($1, $2, $3, $4)
        ON CONFLICT ON CONSTRAINT content_usage_once DO UPDATE SET quota_bytes = excluded.quota_bytes
        """
}
