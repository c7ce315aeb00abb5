// SwiftNIO WebSocket broadcast server: what a Swift user would write with NIOWebSocket today, with the usual care
// (one encoded frame shared by all members, one flush per channel and message, members kept per event loop).
//   nio-broadcast PORT [THREADS] [frame|raw|batch] [echo]
// frame: each member gets a WebSocketFrame through NIO's own encoder (the ordinary way)
// raw:   the frame is encoded once and the same ByteBuffer is written to every member below the frame encoder
// batch: as raw, but members are flushed once per event-loop round rather than once per message
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

final class Room {  // confined to its event loop
    var members: [ObjectIdentifier: ChannelHandlerContext] = [:]
}

// Safety: the rooms are touched on `loop` only.
final class Rooms: @unchecked Sendable {
    let loop: any EventLoop
    var rooms: [String: Room] = [:]
    var due: Set<String> = []
    init(_ loop: any EventLoop) { self.loop = loop }
    func flushDue() {
        for path in due { if let room = rooms[path] { for (_, context) in room.members { context.flush() } } }
        due.removeAll(keepingCapacity: true)
    }
    func deliver(_ path: String, _ payload: ByteBuffer, raw: Bool) {
        guard let room = rooms[path] else { return }
        if raw {
            var b = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
            let n = payload.readableBytes
            b.writeInteger(UInt8(0x81))
            if n < 126 {
                b.writeInteger(UInt8(n))
            } else if n < 65536 {
                b.writeInteger(UInt8(126))
                b.writeInteger(UInt16(n))
            } else {
                b.writeInteger(UInt8(127))
                b.writeInteger(UInt64(n))
            }
            b.writeImmutableBuffer(payload)
            if batch {
                for (_, context) in room.members { context.write(NIOAny(IOData.byteBuffer(b)), promise: nil) }
                if due.isEmpty { loop.execute { self.flushDue() } }  // runs after the reads of this round
                due.insert(path)
                return
            }
            for (_, context) in room.members {
                context.writeAndFlush(NIOAny(IOData.byteBuffer(b)), promise: nil)
            }
        } else {
            let frame = WebSocketFrame(fin: true, opcode: .text, data: payload)
            for (_, context) in room.members { context.writeAndFlush(NIOAny(frame), promise: nil) }
        }
    }
}

// Safety: filled before the first connection is accepted, and only read from then on.
final class Hub: @unchecked Sendable {
    var perLoop: [any EventLoop] = []
    var byLoop: [ObjectIdentifier: Rooms] = [:]
    init(_ group: MultiThreadedEventLoopGroup) {
        for loop in group.makeIterator() {
            perLoop.append(loop)
            byLoop[ObjectIdentifier(loop)] = Rooms(loop)
        }
    }
    func publish(_ path: String, _ payload: ByteBuffer, raw: Bool, from: any EventLoop) {
        for loop in perLoop {
            guard let rooms = byLoop[ObjectIdentifier(loop)] else { continue }
            if loop === from {
                rooms.deliver(path, payload, raw: raw)
            } else {
                loop.execute { rooms.deliver(path, payload, raw: raw) }
            }
        }
    }
}

// Sits below the frame encoder, so that raw members can be written from here.
final class Sink: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData
    var context: ChannelHandlerContext?
    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
}

final class Member: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame
    let hub: Hub, path: String, raw: Bool, echo: Bool
    init(_ hub: Hub, _ path: String, raw: Bool, echo: Bool) {
        self.hub = hub
        self.path = path
        self.raw = raw
        self.echo = echo
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let rooms = hub.byLoop[ObjectIdentifier(context.eventLoop)] else { return }
        let room =
            rooms.rooms[path]
            ?? {
                let r = Room(); rooms.rooms[path] = r; return r
            }()
        // raw: write from the head of the pipeline, below the encoder
        let sink = raw ? try? context.pipeline.syncOperations.context(handlerType: Sink.self) : nil
        let target = sink ?? context
        room.members[ObjectIdentifier(self)] = target
    }
    func handlerRemoved(context: ChannelHandlerContext) {
        let rooms = hub.byLoop[ObjectIdentifier(context.eventLoop)]
        rooms?.rooms[path]?.members[ObjectIdentifier(self)] = nil
    }
    func channelInactive(context: ChannelHandlerContext) {
        handlerRemoved(context: context)
        context.fireChannelInactive()
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary:
            let payload = frame.unmaskedData
            if echo {
                let reply = WebSocketFrame(fin: true, opcode: frame.opcode, data: payload)
                context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
            } else {
                hub.publish(path, payload, raw: raw, from: context.eventLoop)
            }
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

let arguments = CommandLine.arguments
let port = Int(arguments[1]) ?? 0
let threads = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
let batch = arguments.contains("batch"), raw = batch || arguments.contains("raw"),
    echo = arguments.contains("echo")
let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
let hub = Hub(group)

let bootstrap = ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 4096)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            if raw { try channel.pipeline.syncOperations.addHandler(Sink()) }
            let upgrader = NIOWebSocketServerUpgrader(
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            Member(hub, head.uri, raw: raw, echo: echo))
                    }
                })
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
        }
    }
let server = try bootstrap.bind(host: "127.0.0.1", port: port).wait()
print("listening on", port, "threads", threads)
try server.closeFuture.wait()
