import Postgres
import Testing

struct `What the log is told of an error of Postgres` {
    @Test func `holds no value of a row`() {
        let refused = PostgresError.server(
            .init(
                state: .uniqueViolation,
                message: "duplicate key value violates unique constraint \"people_login\"",
                detail: "Key (lower(login))=(ada@school.example) already exists.", constraint: "people_login",
                table: "people", statement: 2))
        #expect(
            "\(refused)"
                == "Postgres refused in statement 2: 23505 duplicate key value violates unique constraint \"people_login\""
        )
        let wrong = PostgresError.server(
            .init(
                state: SQLState(rawValue: "22P02"), message: "invalid input syntax for type bigint: \"Ada\"",
                column: "id"))
        #expect("\(wrong)" == "Postgres refused: 22P02 a value is not what it must be (column id)")
    }
}
