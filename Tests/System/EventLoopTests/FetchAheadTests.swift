import EventLoop
import Testing

private final class Thing {
    let number: Int

    init(_ number: Int) { self.number = number }
}

struct `Walk over many objects` {
    @Test(arguments: [0, 1, 7, 8, 9, 1000])
    func `comes to each once, in order`(count: Int) {
        var seen: [Int] = []
        (0..<count).map(Thing.init).forEachFetchingAhead { seen.append($0.number) }
        #expect(seen == Array(0..<count))
    }

    @Test func `goes on with those that there were when others come or go on the way`() {
        var things = (0..<100).map(Thing.init)
        var seen: [Int] = []
        let walked = things
        walked.forEachFetchingAhead {
            seen.append($0.number)
            if $0.number == 3 { things.removeAll() }
        }
        #expect(seen == Array(0..<100) && things.isEmpty)
    }
}
