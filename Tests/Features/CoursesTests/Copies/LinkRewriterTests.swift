import Testing

@testable import Courses

struct `Links of a copied text` {
    private let rewriter = LinkRewriter(source: 5, target: 9, origins: ["https://school.example"])

    private func name(_ link: CourseLink) -> String? {
        switch (link.kind, link.name) {
        case (.page, "week-1"): "week-1-2"
        case (.page, "größe"): "größe"
        case (.file, "11"): "21"
        case (.quiz, "12"): "22"
        case (.module, "13"): "23"
        default: nil
        }
    }

    @Test(arguments: [
        ("/courses/5/pages/week-1", "/courses/9/pages/week-1-2"),
        ("/courses/5/pages/week-1#top", "/courses/9/pages/week-1-2#top"),
        ("/courses/5/wiki/week-1?a=b", "/courses/9/wiki/week-1-2?a=b"),
        ("/courses/5/pages/gr%C3%B6%C3%9Fe", "/courses/9/pages/gr%C3%B6%C3%9Fe"),
        ("/courses/5/files/11/preview?wrap=1", "/courses/9/files/21/preview?wrap=1"),
        ("/files/11/download", "/files/21/download"),
        ("/files/99/download", "/files/99/download"),
        ("https://school.example/courses/5/quizzes/12", "https://school.example/courses/9/quizzes/22"),
        ("/api/v1/courses/5/modules/13", "/api/v1/courses/9/modules/23"),
        (
            "https://school.example/api/v1/courses/5/files/11",
            "https://school.example/api/v1/courses/9/files/21"
        ),
        ("/courses/5", "/courses/9"), ("/courses/5/grades", "/courses/9/grades"),
        ("/courses/5/modules", "/courses/9/modules"), ("/courses/5/files/folder", "/courses/9/files/folder"),
        ("/courses/55/pages/week-1", "/courses/55/pages/week-1"),
        ("/courses/4/files/11", "/courses/4/files/11"),
        ("https://elsewhere.example/courses/5/quizzes/12", "https://elsewhere.example/courses/5/quizzes/12"),
        ("mailto:/courses/5", "mailto:/courses/5"), ("", ""),
    ])
    func `lead to the copies`(given: String, wanted: String) {
        let (html, unknown) = rewriter.rewrite("<p><a href=\"\(given)\" title=\"x\">go</a></p>", name)
        #expect(html == "<p><a href=\"\(wanted)\" title=\"x\">go</a></p>")
        #expect(unknown == 0)
    }

    @Test func `that lead to what was not copied stay, and are counted`() {
        let text = "<a href=\"/courses/5/pages/gone\"></a><img src=\"/courses/5/files/7/preview\">"
        let (html, unknown) = rewriter.rewrite(text, name)
        #expect(html == text && unknown == 2)
        #expect(
            rewriter.links(in: text) == [
                CourseLink(kind: .page, name: "gone"), CourseLink(kind: .file, name: "7"),
            ])
    }

    @Test func `are attributes alone`() {
        let text =
            "<p>say \"/courses/5/pages/week-1\" &lt;a href=\"/courses/5\"&gt;</p><b title=\"a>b /courses/5\">x</b>"
        #expect(rewriter.rewrite(text, name).html == text)
    }

    @Test func `are not lost in a text that is cut short`() {
        for count in 0..<30 {
            let text = String("<a href=\"/courses/5/grades\">x</a>".prefix(count))
            let html = rewriter.rewrite(text, name).html
            #expect(html == text || html == text.replacing("/courses/5", with: "/courses/9"))
        }
    }
}
