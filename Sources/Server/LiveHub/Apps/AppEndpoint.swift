import EventLoop
import HTTPTypes
import JSON
import LiveProtocol
package import Postgres
package import WebServer
import Telemetry

/// What an app's own server may do by HTTP, with the operator's key: publish, with tags, and act on its users' connections.
package struct AppEndpoint: Sendable {
    /// Data of a publication, in bytes, and what stands around it.
    private static let bodyLimit = 1 << 20
    private static let mostTags = 32
    private static let keyName = HTTPField.Name("X-API-Key")

    private let key: [UInt8]
    private let institution: TenantID

    /// Makes the way in of one key, to the plain channels of one institution.
    package init(key: [UInt8], institution: TenantID) {
        self.key = key
        self.institution = institution
    }

    /// `POST /api/publish`, `/api/subscribe`, `/api/unsubscribe` and `/api/disconnect`.
    package var routes: [Route] {
        [
            route("publish") { fields, loop in try await publish(fields, loop) },
            route("subscribe") { fields, loop in
                let channel = try channel(fields)
                try known(channel, loop)
                loop.hub.carryOut(try order(fields, .subscribe(channel: channel)))
                return .emptyObject
            },
            route("unsubscribe") { fields, loop in
                loop.hub.carryOut(try order(fields, .unsubscribe(channel: try channel(fields))))
                return .emptyObject
            },
            route("disconnect") { fields, loop in
                loop.hub.carryOut(try order(fields, .disconnect))
                return .emptyObject
            },
        ]
    }

    private func route(
        _ name: String, _ work: @escaping @Sendable (JSONFields, LiveLoop) async throws -> RawJSON
    ) -> Route {
        Route(.post, "/api/\(name)", access: .anyone, bodyLimit: AppEndpoint.bodyLimit) { request, context in
            guard isRight(request) else {
                throw WebError(
                    .unauthorized, code: "unauthenticated", items: [.init("The key is missing or wrong.")])
            }
            guard let value = try? JSONReader.read(request.body) else {
                throw WebError.badRequest("The body is no JSON.")
            }
            do {
                let result = try await work(try JSONFields(value), context.service(LiveLoop.self))
                return .json { json in json.object { $0.member("result", result) } }
            } catch let error as FieldError {
                throw WebError(error)
            }
        }
    }

    /// Takes the same time for every key of the right length.
    private func isRight(_ request: WebRequest) -> Bool {
        guard let name = AppEndpoint.keyName, let given = request.headers[name] else { return false }
        let bytes = Array(given.utf8)
        guard bytes.count == key.count else { return false }
        return zip(bytes, key).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func channel(_ fields: JSONFields) throws -> String {
        try fields.string("channel", in: 1...ChannelName.longest)
    }

    private func order(_ fields: JSONFields, _ deed: AppOrder.Deed) throws -> AppOrder {
        AppOrder(institution: institution, user: try fields.string("user", in: 1...255), deed)
    }

    /// The namespace of a plain channel.
    @discardableResult
    private func known(_ channel: String, _ loop: LiveLoop) throws -> Namespace {
        guard let (namespace, _) = loop.hub.namespace(of: channel) else { throw WebError.notFound }
        // What a class says has its author, and its place in the log.
        guard !namespace.isLog else { throw WebError.forbidden("This is no plain channel.") }
        return namespace
    }

    private func publish(_ fields: JSONFields, _ loop: LiveLoop) async throws -> RawJSON {
        let channel = try channel(fields)
        let data = Payload.json(RawJSON(try fields.value("data")))
        var tags: [String: String] = [:]
        for tag in try fields.optionalFields("tags")?.object.members ?? [] {
            guard let value = tag.value.string, tags.count < AppEndpoint.mostTags else {
                throw WebError.badRequest("tags must be texts, at most \(AppEndpoint.mostTags) of them.")
            }
            tags[tag.name] = value
        }
        let namespace = try known(channel, loop)
        let key = ChannelKey(institution: institution, name: channel)
        loop.counters.publications += 1
        guard case .stream(let size, let lifetime) = namespace.kind else {
            loop.hub.broker.publish(
                ChannelPublication(
                    Publication(data: data, tags: tags), publishedAt: MonotonicTime.nanoseconds()), to: key)
            return .emptyObject
        }
        let position = await withCheckedContinuation { continuation in
            loop.hub.broker.publishToStream(
                data, info: nil, tags: tags, to: key, size: size, lifetime: lifetime, loop: loop.loop
            ) { continuation.resume(returning: $0) }
        }
        guard let position else { throw WebError.unavailable(retryAfter: 1) }
        return RawJSON { json in
            json.object { json in
                json.member("offset", position.offset)
                json.member("epoch", position.epoch)
            }
        }
    }
}
