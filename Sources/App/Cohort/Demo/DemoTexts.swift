/// What the demo's courses have to read.
struct DemoTexts: Sendable {
    /// Something with a title and a text, as HTML or plain.
    typealias Text = (title: String, body: String)

    let pages: [Text]
    let announcements: [Text]
    let discussion: Text
    /// What a student says in it.
    let answer: String
    /// A file's name and what it holds.
    let file: Text
    /// Two modules; the second opens after the first.
    let modules: [String]

    /// The texts for a course by its code.
    static func of(_ code: String) -> DemoTexts { code.hasPrefix("BIO") ? cells : matrices }

    private static let matrices = DemoTexts(
        pages: [
            (
                "Eigenvalues in a nutshell",
                """
                <p>A matrix turns and stretches. An <strong>eigenvector</strong> is what it does not turn:
                <code>A v = λ v</code>. The stretch λ is the <strong>eigenvalue</strong>.</p>
                <h2>How to find them</h2>
                <ol><li>Write down <code>det(A − λ I) = 0</code>.</li><li>Solve it for λ.</li>
                <li>For each λ, solve <code>(A − λ I) v = 0</code>.</li></ol>
                <blockquote>A symmetric matrix has real eigenvalues, and eigenvectors at right angles.</blockquote>
                """
            ),
            (
                "Diagonalisation, step by step",
                """
                <p>With enough eigenvectors, <code>A = P D P⁻¹</code>: the columns of P are the eigenvectors, D has the
                eigenvalues. Then <code>Aⁿ = P Dⁿ P⁻¹</code>, and powers cost nothing.</p>
                <table><tr><th>Matrix</th><th>Diagonalisable?</th></tr><tr><td>symmetric</td><td>always</td></tr>
                <tr><td>rotation by 90°</td><td>over the complex numbers</td></tr>
                <tr><td>shear</td><td>no</td></tr></table>
                """
            ),
        ],
        announcements: [
            (
                "Welcome to Linear Algebra",
                "<p>Classes are live on Tuesdays and Thursdays. Begin with the first module, and ask in the discussion.</p>"
            ),
            (
                "Exercise sheet 1 is out",
                "<p>You find it in the first module. We go through it together on Thursday.</p>"
            ),
        ],
        discussion: (
            "Where have you met an eigenvalue?",
            "<p>In music, on a bridge, in a search engine? One example each, and why it is one.</p>"
        ),
        answer: "<p>A guitar string: each tone is one, and the string's shape is its eigenvector.</p>",
        file: (
            "exercise-sheet-1.txt",
            """
            Linear Algebra, exercise sheet 1

            1. Find the eigenvalues of (2 1; 1 2), and an eigenvector for each.
            2. Show that A and its transpose have the same eigenvalues.
            3. Which rotations of the plane have a real eigenvector?

            """
        ),
        modules: ["Week 1: Eigenvalues", "Week 2: Diagonalisation"])

    private static let cells = DemoTexts(
        pages: [
            (
                "What a membrane does",
                """
                <p>It keeps inside what belongs inside, and lets through what is needed: water by
                <strong>osmosis</strong>, ions by channels, sugar by carriers.</p>
                """
            ),
            (
                "The phases of mitosis",
                "<ol><li>Prophase</li><li>Metaphase</li><li>Anaphase</li><li>Telophase</li></ol>"
            ),
        ],
        announcements: [
            (
                "Welcome to Cell Biology",
                "<p>Bring a question to each class; the best ones become quiz questions.</p>"
            )
        ],
        discussion: (
            "Is a virus alive?", "<p>Say what you mean by alive, then decide.</p>"
        ),
        answer: "<p>It has no metabolism of its own, so I would say no.</p>",
        file: (
            "lab-rules.txt", "Lab rules\n\n1. Wear goggles.\n2. Label everything.\n3. Ask before you pour.\n"
        ),
        modules: ["Week 1: Membranes", "Week 2: Division"])
}
