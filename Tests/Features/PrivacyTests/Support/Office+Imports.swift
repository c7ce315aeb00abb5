import EventLoop
import HTTPTypes
import JSON
import Tenancy
import TestKit
import WebServer

@testable import Rostering

extension Office {
    /// Imports a zip of rosters and waits for the end; a worker must have begun.
    func bring(_ zip: [UInt8]) async throws {
        let admin = admin
        let routes = try RouteTable(RosteringRoutes.all)
        let ask = { @Sendable (method: String, path: String, body: [UInt8]) async throws -> JSONValue in
            try await self.loop.perform {
                var request = WebRequest(method: method == "POST" ? .post : .get, path: path)
                request.authority = "school.example"
                request.query = [WebRequest.Item("extension", "zip")]
                request.body = body
                request.principal = admin
                let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                guard
                    case .route(let route, let parameters) = routes.match(
                        request.method, segments.map(String.init)),
                    case .answer(let handler) = route.action
                else { throw WebError.notFound }
                request.parameters = parameters
                let response = try await handler(request, self.context.value)
                guard case .bytes(let bytes) = response.body else { return .null }
                return try JSONReader.read(bytes)
            }
        }
        let path = "/api/v1/accounts/self/sis_imports"
        let id = try await ask("POST", path, zip)["id"]?.int ?? 0
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let json = try await ask("GET", "\(path)/\(id)", [])
            let state = json["workflow_state"]?.string ?? ""
            if state == "imported" { return }
            guard ["initializing", "created", "importing", "cleanup_batch"].contains(state),
                ContinuousClock.now < end
            else { throw OfficeError.refused(RawJSON(json).text) }
            try await loop.perform { [loop] in
                await withCheckedContinuation { continuation in
                    _ = loop.schedule(after: .milliseconds(10)) { continuation.resume() }
                }
            }
        }
    }
}
