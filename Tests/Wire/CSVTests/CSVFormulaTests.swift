import CSV
import Testing

struct `Formulas in CSV` {
    @Test(arguments: [
        "=1+1", "=HYPERLINK(\"http://e\",\"x\")", "@SUM(1)", "+1+1", "-2+3+cmd|' /C calc'!A0", " =1", "\t=1",
        "\r\n@x",
        "\u{FF1D}1", "\u{FF0B}A1", "-A1",
    ])
    func `are seen by their beginning`(text: String) {
        #expect(CSVFormula.isOne(text))
        #expect(CSVFormula.disarmed(text) == "\t\(text)")
    }

    @Test(arguments: [
        "", " ", "-", "+", "-1", "+49", "-1,5", "Ada", "a=b", "ada@school.example", "O'Neil-Smith", "1-2",
    ])
    func `are not numbers, names and addresses`(text: String) {
        #expect(!CSVFormula.isOne(text))
        #expect(CSVFormula.disarmed(text) == text)
    }
}
