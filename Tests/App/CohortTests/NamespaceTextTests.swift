import LiveHub
import Testing

@testable import Cohort

struct `A plain namespace in the settings` {
    @Test func `offers without any word what members need`() throws {
        let app = try NamespaceText.read("app:stream:100:300")
        #expect(app.kind == .stream(size: 100, lifetime: .seconds(300)))
        #expect(app.allowsPublish && app.allowsHistory && app.allowsPresence && app.recovery == .always)
        #expect(app.joins == .never && !app.allowsDelta && app.tokens == .checked)
        let brief = try NamespaceText.read("brief:ephemeral")
        #expect(
            brief.allowsPublish && brief.allowsPresence && !brief.allowsHistory && brief.recovery == .never)
        #expect(try NamespaceText.read("app:stream").kind == .stream(size: 100, lifetime: .seconds(300)))
    }

    @Test func `offers with words what they say, and nothing else`() throws {
        let all = try NamespaceText.read(
            ":stream:2:10 publish history presence joins recover newest position delta tags tokens")
        #expect(all.name.isEmpty && all.kind == .stream(size: 2, lifetime: .seconds(10)))
        #expect(all.allowsPublish && all.allowsHistory && all.allowsPresence && all.allowsDelta)
        #expect(all.allowsTagsFilter && all.joins == .always && all.recovery == .always)
        #expect(all.recovers == .newest && all.positioning == .always && all.tokens == .needed)
        let asked = try NamespaceText.read("a:stream joins-asked recover-asked position-asked")
        #expect(asked.joins == .asked && asked.recovery == .asked && asked.positioning == .asked)
        #expect(!asked.allowsPublish && !asked.allowsHistory && !asked.allowsPresence)
        #expect(try NamespaceText.read("a:stream newest").recovery == .always)
    }

    @Test(arguments: [
        "", "app", "app:log", " :stream", "App:stream", "app:stream:0:10", "app:stream:10:0", "app:stream:10",
        "app:stream:10:10:10", "app:ephemeral:1", "a.b:stream",
    ])
    func `is refused when it is none`(text: String) {
        #expect(throws: NamespaceText.Problem.form) { try NamespaceText.read(text) }
    }

    @Test func `is refused with a word that is not known or does not fit`() {
        #expect(throws: NamespaceText.Problem.word("publsh")) { try NamespaceText.read("app:stream publsh") }
        #expect(throws: NamespaceText.Problem.needsHistory("delta")) {
            try NamespaceText.read("app:ephemeral publish delta")
        }
    }
}
