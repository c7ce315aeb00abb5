package import Postgres

/// The schema of this feature: numbers 1 to 49, and 56 to 59.
///
/// The schema's owner applies them; the application logs in as the role `cohort_app`, which exists before and gets
/// nothing but the grants that stand beside each table.
package enum TenancyMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 1, name: "identity", sql: m0001Identity),
        Migration(number: 2, name: "sign_in", sql: m0002SignIn),
        Migration(number: 3, name: "revocations", sql: m0003Revocations),
        Migration(number: 4, name: "repetitions", sql: m0004Repetitions),
        Migration(number: 5, name: "accounts", sql: m0005Accounts),
        Migration(number: 6, name: "hosts", sql: m0006Hosts),
        Migration(number: 20, name: "audit", sql: m0020Audit),
        Migration(number: 21, name: "token_scopes", sql: m0021TokenScopes),
        Migration(number: 22, name: "session_places", sql: m0022SessionPlaces),
        Migration(number: 23, name: "passwords", sql: m0023Passwords),
        Migration(number: 24, name: "oidc", sql: m0024OIDC),
        Migration(number: 25, name: "parents", sql: m0025Parents),
        Migration(number: 27, name: "deleted_users", sql: m0027DeletedUsers),
        Migration(number: 28, name: "audit_users", sql: m0028AuditUsers),
        Migration(number: 29, name: "sticky_accounts", sql: m0029StickyAccounts),
        Migration(number: 35, name: "oauth", sql: m0035OAuth),
        Migration(number: 40, name: "account_locale", sql: m0040AccountLocale),
        Migration(number: 45, name: "course_roles", sql: m0045CourseRoles),
        Migration(number: 47, name: "shards", sql: m0047Shards),
        Migration(number: 48, name: "own_passwords", sql: m0048OwnPasswords),
        Migration(number: 56, name: "erasure", sql: m0056Erasure),
        Migration(number: 57, name: "departed_people", sql: m0057DepartedPeople),
        Migration(number: 58, name: "apps_in_one_place", sql: m0058Apps),
    ]
}
