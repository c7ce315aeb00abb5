import Assessment
import Tenancy

/// What one institution of the demo is made of.
///
/// Names only: nobody here exists.
struct DemoSchool: Sendable {
    let name: String
    let accent: String
    /// What logins end in; a name that is reserved for examples (RFC 2606).
    let domain: String
    let admin: String
    let instructor: String
    let parent: String
    let students: [String]
    let course: (name: String, code: String)
    let quiz: (title: String, questions: [Question])
    let classes: (live: String, scheduled: String, ended: String)

    /// The login of a name: `ines.moreau@northfield.example`.
    func login(of name: String) -> String {
        var letters = ""
        for scalar in name.lowercased().unicodeScalars {
            switch scalar {
            case " ": letters += "."
            case "a"..."z": letters.unicodeScalars.append(scalar)
            default: letters += DemoSchool.plain[scalar] ?? ""
            }
        }
        return "\(letters)@\(domain)"
    }

    /// Letters of the names below that logins write otherwise.
    private static let plain: [Unicode.Scalar: String] = [
        "á": "a", "à": "a", "ã": "a", "å": "a", "ä": "ae", "ç": "c", "ć": "c", "é": "e", "è": "e", "ë": "e",
        "í": "i", "ı": "i", "ñ": "n",
        "ó": "o", "ö": "oe", "ø": "o", "ß": "ss", "ú": "u", "ü": "ue", "ş": "s", "ğ": "g", "ł": "l", "ż": "z",
    ]
}

extension DemoSchool {
    /// The two institutions; the first has the class that is live.
    static let all = [northfield, lakeside]

    /// Somebody who teaches at one and studies at the other, with one login.
    static let commuter = (name: "Robin Castellanos", login: "robin.castellanos@northfield.example")

    static let northfield = DemoSchool(
        name: "Northfield University", accent: Institution.usualAccent, domain: "northfield.example",
        admin: "Margaret Oyelaran", instructor: "Daniel Whitcombe", parent: "Helena Moreau",
        students: [
            "Inés Moreau", "Tomás Herrera", "Aisha Rahman", "Jonas Lindqvist", "Mei-Ling Chou",
            "Kwame Boateng",
            "Sofia Petrova", "Liam Gallagher", "Priya Natarajan", "Mateusz Kowalski", "Chloé Lambert",
            "Yusuf Demir",
            "Hannah Goldberg", "Ravi Subramaniam", "Elena Marković", "Samuel Adeyemi", "Nora Haugen",
            "Diego Fuentes",
            "Fatima Zahra", "Oliver Prescott", "Linh Tran", "Anaïs Dubois", "Caleb Wright", "Zeynep Aydın",
            "Ingrid Sørensen", "Marcus Bellweather", "Leila Haddad", "Kenji Watanabe", "Ruth Abernathy",
            "Isaac Mensah",
        ],
        course: ("Linear Algebra", "MATH-210"),
        quiz: ("Eigenvalues: check yourself", northfieldQuestions),
        classes: ("Eigenvalues, live", "Diagonalisation", "Determinants"))

    static let lakeside = DemoSchool(
        name: "Lakeside College", accent: "#1f7a5c", domain: "lakeside.example",
        admin: "Gustavo Almeida", instructor: "Beatrice Hollander", parent: "Olumide Bankole",
        students: [
            "Temi Bankole", "Lucas Ferreira", "Amelia Thornton", "Hiroshi Tanaka", "Marta Nowak",
            "Abdul Karim",
            "Giulia Romano", "Patrick Doyle", "Nia Campbell", "Viktor Hansen", "Camila Rojas", "Elif Yıldız",
            "George Papadakis", "Sana Mirza", "Felix Baumann", "Grace Nakamura", "Ibrahim Diallo",
            "Tessa van Dijk",
            "Arjun Mehta", "Rosa Delgado", "Malik Jefferson", "Freya Nilsson", "Pavel Novák", "Dina Saleh",
            "Joseph Kamau", "Valentina Ricci", "Owen Llewellyn", "Soraya Karimi", "Michael Osei",
            "Clara Weissmann",
        ],
        course: ("Cell Biology", "BIO-1"),
        quiz: ("The cell: warm-up", lakesideQuestions),
        classes: ("Membranes, live", "Mitosis", "What is a cell?"))
}
