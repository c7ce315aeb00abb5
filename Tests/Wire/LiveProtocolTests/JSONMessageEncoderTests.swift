import JSON
import LiveProtocol
import Testing

struct `JSON message encoder` {
    static func connectResult() -> ConnectResult {
        var sub = SubscribeResult()
        (sub.recoverable, sub.epoch, sub.offset) = (true, "e", 3)
        var result = ConnectResult()
        (result.client, result.version, result.expiresAfter) = ("c1", "cohort 0.1.0", 60)
        (result.data, result.subs, result.ping, result.pong) = (
            raw(#"{"time":1}"#), ["news:1": sub], 25, true
        )
        (result.session, result.node, result.time) = ("s", "n", 1_700_000_000_000)
        return result
    }

    static func subscribeResult() -> SubscribeResult {
        var result = SubscribeResult()
        (result.recoverable, result.epoch, result.offset, result.positioned) = (true, "x", 12, true)
        (result.recovered, result.wasRecovering) = (true, true)
        result.publications = [
            Publication(data: raw(#"{"a":1}"#), offset: 11), Publication(data: raw("2"), offset: 12),
        ]
        result.data = raw("{}")
        return result
    }

    @Test(
        arguments: [
            (
                Reply(id: 1, .error(ProtocolError(.internal))),
                #"{"id":1,"error":{"code":100,"message":"internal server error","temporary":true}}"#
            ),
            (
                Reply(id: 1, .error(.badRequest(#"field "text" must be a string"#))),
                #"{"id":1,"error":{"code":107,"message":"bad request: field \"text\" must be a string","temporary":false}}"#
            ),
            (
                Reply(id: 1, .connect(connectResult())),
                #"{"id":1,"connect":{"client":"c1","version":"cohort 0.1.0","expires":true,"ttl":60,"data":{"time":1},"#
                    + #""subs":{"news:1":{"recoverable":true,"epoch":"e","offset":3}},"ping":25,"pong":true,"#
                    + #""session":"s","node":"n","time":1700000000000}}"#
            ),
            (Reply(id: 1, .connect(ConnectResult())), #"{"id":1,"connect":{}}"#),
            (
                Reply(id: 2, .subscribe(subscribeResult())),
                #"{"id":2,"subscribe":{"recoverable":true,"epoch":"x","publications":[{"data":{"a":1},"offset":11},"#
                    + #"{"data":2,"offset":12}],"recovered":true,"offset":12,"positioned":true,"data":{},"was_recovering":true}}"#
            ),
            (Reply(id: 3, .subscribe(SubscribeResult())), #"{"id":3,"subscribe":{}}"#),
            (Reply(id: 3, .unsubscribe), #"{"id":3,"unsubscribe":{}}"#),
            (Reply(id: 3, .publish), #"{"id":3,"publish":{}}"#),
            (
                Reply(id: 3, .presence([ClientInfo(user: "7", client: "c", connectionInfo: raw("{}"))])),
                #"{"id":3,"presence":{"presence":{"c":{"user":"7","client":"c","conn_info":{}}}}}"#
            ),
            (
                Reply(id: 3, .presenceStats(clients: 3, users: 2)),
                #"{"id":3,"presence_stats":{"num_clients":3,"num_users":2}}"#
            ),
            (
                Reply(id: 3, .history(HistoryResult(publications: [], epoch: "e", offset: 4))),
                #"{"id":3,"history":{"epoch":"e","offset":4}}"#
            ),
            (Reply(id: 3, .ping), #"{"id":3,"ping":{}}"#),
            (
                Reply(id: .max, .rpc(raw(#"{"status":"recorded"}"#))),
                #"{"id":4294967295,"rpc":{"data":{"status":"recorded"}}}"#
            ),
            (Reply(id: 3, .rpc(nil)), #"{"id":3,"rpc":{}}"#),
            (
                Reply(id: 3, .refresh(RefreshResult(client: "c", version: "v", expiresAfter: 0))),
                #"{"id":3,"refresh":{"client":"c","version":"v","expires":true,"ttl":0}}"#
            ),
            (Reply(id: 3, .subRefresh(RefreshResult(expiresAfter: nil))), #"{"id":3,"sub_refresh":{}}"#),
        ] as [(Reply, String)])
    func `writes replies`(reply: Reply, text: String) {
        #expect(String(decoding: JSONMessageEncoder.encode(reply), as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (
                Push(channel: "chat:1", .publication(Publication(data: raw(#"{"type":"x"}"#), offset: 5))),
                #"{"push":{"channel":"chat:1","pub":{"data":{"type":"x"},"offset":5}}}"#
            ),
            (
                Push(
                    channel: "chat:1",
                    .publication(
                        Publication(
                            data: raw("1"), info: ClientInfo(user: "7", client: "c", channelInfo: raw("2")),
                            tags: ["b": "2", "a": "1"],
                            delta: true, time: 9))),
                #"{"push":{"channel":"chat:1","pub":{"data":1,"info":{"user":"7","client":"c","chan_info":2},"#
                    + #""tags":{"a":"1","b":"2"},"delta":true,"time":9}}}"#
            ),
            (
                Push(channel: "c:1", .join(ClientInfo(user: "7", client: "c"))),
                #"{"push":{"channel":"c:1","join":{"info":{"user":"7","client":"c"}}}}"#
            ),
            (
                Push(channel: "c:1", .leave(ClientInfo(user: "7", client: "c"))),
                #"{"push":{"channel":"c:1","leave":{"info":{"user":"7","client":"c"}}}}"#
            ),
            (
                Push(
                    channel: "c:1",
                    .unsubscribe(.insufficientState, reason: UnsubscribeCode.insufficientState.reason)),
                #"{"push":{"channel":"c:1","unsubscribe":{"code":2500,"reason":"insufficient state"}}}"#
            ),
            (Push(.message(raw("{}"))), #"{"push":{"message":{"data":{}}}}"#),
            (
                Push(channel: "c:1", .subscribe(SubscribeResult())),
                #"{"push":{"channel":"c:1","subscribe":{}}}"#
            ),
            (Push(.connect(ConnectResult())), #"{"push":{"connect":{}}}"#),
            (
                Push(.disconnect(Disconnect(.shutdown))),
                #"{"push":{"disconnect":{"code":3001,"reason":"shutdown","reconnect":true}}}"#
            ),
            (
                Push(.disconnect(Disconnect(.badRequest))),
                #"{"push":{"disconnect":{"code":3501,"reason":"bad request"}}}"#
            ),
            (
                Push(.refresh(RefreshResult(expiresAfter: 30))),
                #"{"push":{"refresh":{"expires":true,"ttl":30}}}"#
            ),
        ] as [(Push, String)])
    func `writes pushes`(push: Push, text: String) {
        #expect(String(decoding: JSONMessageEncoder.encode(push), as: UTF8.self) == text)
    }
}
