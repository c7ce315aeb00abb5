import EventLoop
import Postgres
import TestKit
import Testing

@testable import Cohort

/// What a schema says that a declaration must know of.
struct `Declarations of tables` {
    /// Columns whose names say that they name a person.
    private static let telling =
        "(^|_)(user|person|author|owner|editor|actor|subject|child|parent|observer|student|teacher|member)(_id)?$|_by$"

    private static func database() async throws -> (EventLoop, TestDatabase) {
        let loop = try EventLoop(index: 0, label: "declarations")
        let database = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            return database
        }
        return (loop, database)
    }

    private static func pairs(_ sql: String) async throws -> [(table: String, column: String)] {
        let (loop, database) = try await database()
        return try await loop.perform {
            try await database.asSuperuser(sql, on: loop)[0].map { (try $0.text(0), try $0.text(1)) }
        }
    }

    private static let columns = """
        SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY 1, 2
        """

    /// Columns that refer to users or people by a foreign key.
    private static let references = """
        SELECT c.conrelid::regclass::text, a.attname::text
        FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey) AS k (number)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
        WHERE c.contype = 'f' AND c.confrelid IN ('users'::regclass, 'people'::regclass)
            AND a.attname <> 'institution_id'
        ORDER BY 1, 2
        """

    @Test func `name every table of the schema, once, and no other`() async throws {
        let tables = Set(try await Self.pairs(Self.columns).map(\.table))
        let declared = Schema.tables.map(\.table)
        #expect(Set(declared).count == declared.count)
        #expect(tables.subtracting(declared) == [], "tables that no feature has declared")
        #expect(Set(declared).subtracting(tables) == [], "declared tables that are not there")
    }

    @Test func `know every column that names a person`() async throws {
        let byName = Dictionary(uniqueKeysWithValues: Schema.tables.map { ($0.table, $0) })
        let telling = try Regex(Self.telling)
        let columns = try await Self.pairs(Self.columns)
        let suspects = columns.filter { $0.column.firstMatch(of: telling) != nil }
        for (table, column) in suspects + (try await Self.pairs(Self.references)) {
            let declaration = try #require(byName[table], "\(table)")
            #expect(
                (declaration.people + declaration.others).contains(column),
                "\(table).\(column) looks like a person and is not declared")
        }
        let known = Set(columns.map { "\($0.table).\($0.column)" })
        for table in Schema.tables {
            var named = table.people + table.others + table.secrets + table.guarded.map(\.column)
            if case .blank(let changes) = table.erasure { named += changes.map(\.column) }
            for column in named {
                #expect(known.contains("\(table.table).\(column)"), "\(table.table).\(column)")
            }
        }
    }

    @Test func `say that rows stay only with a reason`() {
        for table in Schema.tables {
            if case .keep(let reason) = table.erasure { #expect(reason.count > 5, "\(table.table)") }
            if case .nothing(let reason) = table.institutionExport {
                #expect(reason.count > 5, "\(table.table)")
            }
        }
    }
}
