import FuzzKit
import JSON
import LiveProtobuf

/// Whether a message in JSON says what its twin in Protobuf says: the members that identify it and those that matter most.
enum Likeness {
    static func check(_ value: JSONValue, _ message: ProtoReply) {
        guard message.hasPush else {
            agree(number(value["id"]), UInt64(message.id), "the number differs")
            if message.hasError {
                agree(number(value["error"]?["code"]), UInt64(message.error.code), "the code differs")
                agree(value["error"]?["message"]?.string, message.error.message, "the message differs")
                agree(value["error"]?["temporary"]?.bool, message.error.temporary, "the nature differs")
            }
            if message.hasSubscribe { check(value["subscribe"], message.subscribe) }
            if message.hasConnect {
                let subs = value["connect"]?["subs"]
                agree(subs?.object?.count ?? 0, message.connect.subs.count, "subscriptions differ")
                for (channel, sub) in message.connect.subs { check(subs?[channel], sub) }
            }
            if message.hasHistory {
                check(value["history"]?["publications"], message.history.publications)
                agree(number(value["history"]?["offset"]), message.history.offset, "the offset differs")
            }
            return
        }
        let push = value["push"]
        agree(push?["channel"]?.string ?? "", message.push.channel, "the channel differs")
        if message.push.hasPub { check(push?["pub"], message.push.pub) }
        if message.push.hasDisconnect {
            let code = UInt64(message.push.disconnect.code)
            agree(number(push?["disconnect"]?["code"]), code, "the code differs")
            let reconnect = push?["disconnect"]?["reconnect"]?.bool ?? false
            agree(reconnect, message.push.disconnect.reconnect, "the advice differs")
        }
    }

    private static func check(_ value: JSONValue?, _ message: ProtoSubscribeResult) {
        agree(value?["epoch"]?.string ?? "", message.epoch, "the epoch differs")
        agree(number(value?["offset"]), message.offset, "the offset differs")
        agree(value?["recovered"]?.bool ?? false, message.recovered, "the recovery differs")
        agree(value?["expires"]?.bool ?? false, message.expires, "the expiry differs")
        check(value?["publications"], message.publications)
    }

    private static func check(_ value: JSONValue?, _ messages: [ProtoPublication]) {
        agree(value?.array?.count ?? 0, messages.count, "publications differ")
        for (value, message) in zip(value?.array ?? [], messages) { check(value, message) }
    }

    private static func check(_ value: JSONValue?, _ message: ProtoPublication) {
        hold(value?["data"] != nil, "a publication has no data")
        agree(number(value?["offset"]), message.offset, "the offset differs")
        agree(value?["tags"]?.object?.count ?? 0, message.tags.count, "tags differ")
        for (name, tag) in message.tags { agree(value?["tags"]?[name]?.string, tag, "a tag differs") }
        agree(value?["info"] != nil, message.hasInfo, "the author differs")
    }

    private static func number(_ value: JSONValue?) -> UInt64 {
        value?.number.flatMap { UInt64($0.text) } ?? 0
    }
}
