import JSON
import LiveProtocol
import Testing

/// All commands of a frame, in their order.
func decode(_ text: String) throws -> [Command] {
    var decoder = CommandDecoder(frame: Array(text.utf8))
    var commands: [Command] = []
    while let command = try decoder.next() { commands.append(command) }
    return commands
}

func raw(_ text: String) -> RawJSON {
    guard let raw = try? RawJSON(validating: Array(text.utf8)) else {
        preconditionFailure("\(text) is not JSON")
    }
    return raw
}

struct `Command decoder` {
    @Test func `reads connect with all that it may hold`() throws {
        let text = """
            {"id":1,"connect":{"token":"t","data":{"a":1},"name":"js","version":"5.3","headers":{"x-a":"b"},"flag":3,\
            "subs":{"news:1":{"recover":true,"epoch":"e","offset":18446744073709551615}}}}
            """
        var sub = SubscribeRequest()
        (sub.channel, sub.recover, sub.epoch, sub.offset) = ("news:1", true, "e", .max)
        var request = ConnectRequest()
        (request.token, request.data, request.name, request.version) = ("t", raw(#"{"a":1}"#), "js", "5.3")
        (request.headers, request.flag, request.subs) = (["x-a": "b"], 3, ["news:1": sub])
        #expect(try decode(text) == [Command(id: 1, .connect(request))])
    }

    @Test func `reads subscribe with all that it may hold`() throws {
        let text = """
            {"subscribe":{"channel":"chat:7","token":"t","recover":true,"epoch":"x","offset":12,"data":[1, 2],\
            "positioned":true,"recoverable":true,"join_leave":true,"delta":"fossil","tf":{"op":"eq"},"flag":1},"id":2}
            """
        var request = SubscribeRequest()
        (request.channel, request.token, request.recover, request.epoch) = ("chat:7", "t", true, "x")
        (request.offset, request.data, request.positioned, request.recoverable) = (
            12, raw("[1, 2]"), true, true
        )
        (request.joinLeave, request.delta, request.tagsFilter, request.flag) = (
            true, "fossil", raw(#"{"op":"eq"}"#), 1
        )
        #expect(try decode(text) == [Command(id: 2, .subscribe(request))])
    }

    @Test(
        arguments: [
            (#"{"id":1,"connect":{}}"#, Command(id: 1, .connect(ConnectRequest()))),
            (#"{"id":3,"unsubscribe":{"channel":"c:1"}}"#, Command(id: 3, .unsubscribe(channel: "c:1"))),
            (
                #"{"id":4,"publish":{"channel":"c:1","data":"x"}}"#,
                Command(id: 4, .publish(channel: "c:1", data: .json(raw("\"x\""))))
            ),
            (#"{"id":5,"presence":{"channel":"c:1"}}"#, Command(id: 5, .presence(channel: "c:1"))),
            (#"{"id":6,"presence_stats":{"channel":"c:1"}}"#, Command(id: 6, .presenceStats(channel: "c:1"))),
            (#"{"id":7,"ping":{}}"#, Command(id: 7, .ping)),
            (#"{"send":{"data":{"type":"x"}}}"#, Command(id: 0, .send(data: raw(#"{"type":"x"}"#)))),
            (#"{"id":9,"send":{"data":1}}"#, Command(id: 0, .send(data: raw("1")))),
            (
                #"{"id":4294967295,"rpc":{"method":"a.b","data":{"k":[]}}}"#,
                Command(id: .max, .rpc(RPCRequest(method: "a.b", data: raw(#"{"k":[]}"#))))
            ),
            (#"{"id":9,"rpc":{"method":"a"}}"#, Command(id: 9, .rpc(RPCRequest(method: "a", data: .null)))),
            (#"{"id":10,"refresh":{"token":"t"}}"#, Command(id: 10, .refresh(token: "t"))),
            (
                #"{"id":11,"sub_refresh":{"channel":"c:1","token":"t"}}"#,
                Command(id: 11, .subRefresh(channel: "c:1", token: "t"))
            ),
            ("{}", Command(id: 0, .pong)), (#" { "id" : 0 } "#, Command(id: 0, .pong)),
            (#"{"future":[{}],"id":7,"ping":{"x":{}}}"#, Command(id: 7, .ping)),
            (#"{"id":7,"refresh":null}"#, Command(id: 7, .refresh(token: ""))),
            (#"{"id":7,"refresh":{"token":null}}"#, Command(id: 7, .refresh(token: ""))),
            (#"{"\u0069d":7,"pi\u006Eg":{}}"#, Command(id: 7, .ping)),
        ] as [(String, Command)])
    func `reads each command`(text: String, command: Command) throws {
        #expect(try decode(text) == [command])
    }

    @Test func `reads history`() throws {
        var request = HistoryRequest()
        (request.channel, request.limit, request.reverse) = ("c:1", -1, true)
        request.since = StreamPosition(offset: 5, epoch: "e")
        let text =
            #"{"id":1,"history":{"channel":"c:1","limit":-1,"since":{"offset":5,"epoch":"e"},"reverse":true}}"#
        #expect(try decode(text) == [Command(id: 1, .history(request))])
        request = HistoryRequest()
        request.channel = "c:1"
        #expect(
            try decode(#"{"id":1,"history":{"channel":"c:1","since":null}}"#) == [
                Command(id: 1, .history(request))
            ])
    }

    @Test(arguments: [
        "{}\n{\"id\":1,\"ping\":{}}", "{}\r\n{\"id\":1,\"ping\":{}}\n", "\n{}\n\n{\"id\":1,\"ping\":{}}\n\n ",
    ])
    func `reads several commands, a line each`(text: String) throws {
        #expect(try decode(text) == [Command(id: 0, .pong), Command(id: 1, .ping)])
    }

    @Test(
        arguments: [
            ("", JSONError(.unexpectedEnd, at: 0)), ("\n\n", JSONError(.unexpectedEnd, at: 2)),
            ("hello", JSONError(.badLiteral, at: 0)), ("[]", JSONError(.unexpectedKind, at: 0)),
            ("{}{}", JSONError(.trailingData, at: 2)), ("{} {}", JSONError(.trailingData, at: 3)),
            (#"{"id":1,"rpc":{"method":"a","data":}}"#, JSONError(.expectedValue, at: 35)),
            (#"{"id":1,"rpc":{"method":"a","data":[1,]}}"#, JSONError(.expectedValue, at: 38)),
            (#"{"id":1,"rpc":{"data":1,"data":2}}"#, JSONError(.duplicateName, at: 31)),
            (#"{"id":1,"id":2,"ping":{}}"#, JSONError(.duplicateName, at: 13)),
        ] as [(String, JSONError)])
    func `gives up on what is not JSON objects`(text: String, error: JSONError) {
        #expect(throws: CommandError.malformed(error)) { try decode(text) }
        #expect(CommandError.malformed(error).disconnect == Disconnect(.badRequest))
        #expect(CommandError.malformed(error).message == error.message)
    }

    @Test(
        arguments: [
            (#"{"id":-1,"ping":{}}"#, CommandError.badID), (#"{"id":1.5,"ping":{}}"#, .badID),
            (#"{"id":"1","ping":{}}"#, .badID), (#"{"id":4294967296,"ping":{}}"#, .badID),
            (#"{"id":null}"#, .badID),
            (#"{"ping":{}}"#, .unnumbered), (#"{"id":0,"rpc":{"method":"a"}}"#, .unnumbered),
            (#"{"x":1}"#, .unnumbered),
            (#"{"send":{}}"#, .unanswerable(FieldError(field: "send.data", problem: .missing))),
            (
                #"{"send":[]}"#,
                .unanswerable(FieldError(field: "send", problem: .wrongKind(wanted: "an object")))
            ),
        ] as [(String, CommandError)])
    func `gives up on commands that cannot be answered`(text: String, error: CommandError) {
        #expect(throws: error) { try decode(text) }
        #expect(error.disconnect == Disconnect(.badRequest))
        #expect(!error.message.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"id":5,"rpc":{"method":7}}"#, #"bad request: field "rpc.method" must be a string"#),
            (#"{"id":5,"rpc":[]}"#, #"bad request: field "rpc" must be an object"#),
            (
                #"{"id":5,"connect":{"token":1,"name":2}}"#,
                #"bad request: field "connect.token" must be a string"#
            ),
            (
                #"{"id":5,"connect":{"subs":{"a:1":{"offset":"1"}}}}"#,
                #"bad request: field "connect.subs.a:1.offset" must be a number"#
            ),
            (
                #"{"id":5,"connect":{"subs":{"a:1":{},"a:1":{}}}}"#,
                #"bad request: field "connect.subs.a:1" is given twice"#
            ),
            (
                #"{"id":5,"connect":{"headers":{"a":1}}}"#,
                #"bad request: field "connect.headers.a" must be a string"#
            ),
            (#"{"id":5,"subscribe":{}}"#, #"bad request: field "subscribe.channel" is missing"#),
            (
                #"{"id":5,"subscribe":{"channel":"a:1","recover":1}}"#,
                #"bad request: field "subscribe.recover" must be true or false"#
            ),
            (
                #"{"id":5,"subscribe":{"channel":"a:1","offset":-1}}"#,
                #"bad request: field "subscribe.offset" must be an integer from 0 to 18446744073709551615"#
            ),
            (#"{"id":5,"publish":{"channel":"a:1"}}"#, #"bad request: field "publish.data" is missing"#),
            (#"{"id":5,"presence":{}}"#, #"bad request: field "presence.channel" is missing"#),
            (
                #"{"id":5,"history":{"channel":"a:1","limit":1e3}}"#,
                #"bad request: field "history.limit" must be an integer from -2147483648 to 2147483647"#
            ),
            (
                #"{"id":5,"history":{"channel":"a:1","since":{"epoch":1}}}"#,
                #"bad request: field "history.since.epoch" must be a string"#
            ),
            (
                #"{"id":5,"sub_refresh":{"token":"a"}}"#,
                #"bad request: field "sub_refresh.channel" is missing"#
            ),
            (#"{"id":5,"ping":{},"rpc":{}}"#, #"bad request: field "rpc" is a second command in one object"#),
            (#"{"id":5,"send":{}}"#, #"bad request: field "send.data" is missing"#),
        ] as [(String, String)])
    func `refuses a wrong field by name and goes on`(text: String, message: String) throws {
        var decoder = CommandDecoder(frame: Array((text + "\n" + #"{"id":6,"ping":{}}"#).utf8))
        let error = ProtocolError(.badRequest, message: message)
        #expect(throws: CommandError.refused(id: 5, error)) { try decoder.next() }
        #expect(CommandError.refused(id: 5, error).disconnect == nil)
        #expect(try decoder.next() == Command(id: 6, .ping))
        #expect(try decoder.next() == nil)
    }

    @Test(arguments: [#"{"id":5}"#, #"{"id":5,"teleport":{"to":"x"}}"#, #"{"id":5,"method":9,"params":{}}"#])
    func `refuses a command that does not exist`(text: String) {
        #expect(throws: CommandError.refused(id: 5, ProtocolError(.methodNotFound))) { try decode(text) }
    }

    @Test func `refuses bracket bombs in data`() {
        let bomb = #"{"id":1,"rpc":{"method":"a","data":"# + String(repeating: "[", count: 500_000)
        #expect(throws: CommandError.malformed(JSONError(.tooDeep, at: 97))) { try decode(bomb) }
    }

    @Test func `refuses every beginning of a frame without a crash`() throws {
        let frame = Array(
            #"{"id":1,"subscribe":{"channel":"é😀","data":{"a":[1,"\u00e9"]},"offset":12}}"#.utf8)
        for length in 0..<frame.count {
            var decoder = CommandDecoder(frame: Array(frame[..<length]))
            #expect(throws: CommandError.self) { try decoder.next() }
        }
    }

    @Test func `survives frames with bytes changed`() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...(.max), using: &random)
        var state = seed
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let frame = Array(
            (#"{"id":1,"connect":{"subs":{"a:1":{"recover":true,"offset":1}},"data":{"x":[1,2]}}}"# + "\n{}\n"
                + #"{"id":2,"rpc":{"method":"quiz.answer","data":{"run":1,"answer":[3,4]}}}"#).utf8)
        var commands = 0
        for _ in 0..<20_000 {
            var bytes = frame
            for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            var decoder = CommandDecoder(frame: bytes)
            // A refused command is followed by others; everything else ends the frame.
            for _ in 0..<10 {
                do {
                    guard try decoder.next() != nil else { break }
                    commands += 1
                } catch {
                    guard error.disconnect == nil else { break }
                }
            }
        }
        print("changed frames: seed \(seed), \(commands) commands")
        #expect(commands > 0)
    }
}
