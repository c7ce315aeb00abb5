import JSON
import LiveProtocol
import Testing

@testable import LiveHub

struct `A wish to subscribe` {
    private func namespace(
        _ kind: Namespace.Kind = .stream(size: 5, lifetime: .seconds(60)),
        recovery: Namespace.Offer = .always,
        positioning: Namespace.Offer = .never, joins: Namespace.Offer = .never, delta: Bool = true,
        tags: Bool = true
    ) -> Namespace {
        Namespace(
            name: "", kind: kind, recovery: recovery, positioning: positioning, joins: joins,
            allowsDelta: delta, allowsTagsFilter: tags)
    }

    private func request(_ change: (inout SubscribeRequest) -> Void = { _ in }) -> SubscribeRequest {
        var request = SubscribeRequest()
        request.channel = "x"
        change(&request)
        return request
    }

    private let filter = RawJSON {
        $0.object { json in
            json.member("key", "t")
            json.member("cmp", "ex")
        }
    }

    @Test(
        arguments: [
            (.never, false, false), (.never, true, false), (.asked, false, false), (.asked, true, true),
            (.always, false, true),
        ] as [(Namespace.Offer, Bool, Bool)])
    func `has a recovery, a place and joins as they are offered and asked for`(
        offer: Namespace.Offer, isAsked: Bool, expected: Bool
    ) throws {
        let asked = request {
            $0.recoverable = isAsked
            $0.positioned = isAsked
            $0.joinLeave = isAsked
        }
        let recoverable = try SubscriptionWish(asked, in: namespace(recovery: offer))
        #expect(recoverable.isRecoverable == expected && recoverable.isPositioned == expected)
        let positioned = try SubscriptionWish(asked, in: namespace(recovery: .never, positioning: offer))
        #expect(!positioned.isRecoverable && positioned.isPositioned == expected)
        let heard = try SubscriptionWish(asked, in: namespace(joins: offer))
        // Where all are told, nobody needs a manner of their own.
        #expect(heard.manner.hearsJoins == (offer == .asked && isAsked))
    }

    @Test func `recovers only where that is offered`() throws {
        let back = request { $0.recover = true }
        #expect(try SubscriptionWish(back, in: namespace()).recovers)
        #expect(try SubscriptionWish(back, in: namespace(recovery: .asked)).recovers)
        #expect(try !SubscriptionWish(back, in: namespace(recovery: .never)).recovers)
        #expect(try !SubscriptionWish(back, in: namespace(.ephemeral)).recovers)
        #expect(try !SubscriptionWish(request(), in: namespace()).recovers)
    }

    @Test func `takes differences where they are offered, in streams, and not beside a filter`() throws {
        let delta = request { $0.delta = "fossil" }
        #expect(try SubscriptionWish(delta, in: namespace()).manner.takesDeltas)
        #expect(try !SubscriptionWish(delta, in: namespace(delta: false)).manner.takesDeltas)
        #expect(try !SubscriptionWish(delta, in: namespace(.ephemeral)).manner.takesDeltas)
        #expect(try !SubscriptionWish(request(), in: namespace()).manner.isSpecial)
        let both = request {
            $0.delta = "fossil"
            $0.tagsFilter = filter
        }
        let wish = try SubscriptionWish(both, in: namespace())
        #expect(!wish.manner.takesDeltas && wish.manner.filter != nil)
    }

    @Test func `is a bad request with what is not known, or is not offered`() {
        let wrong = [
            (request { $0.delta = "other" }, namespace()),
            (request { $0.tagsFilter = filter }, namespace(tags: false)),
            (request { $0.tagsFilter = .emptyObject }, namespace()),
        ]
        for (request, namespace) in wrong {
            let error = #expect(throws: ProtocolError.self) { try SubscriptionWish(request, in: namespace) }
            #expect(error?.code == .badRequest)
        }
    }
}
