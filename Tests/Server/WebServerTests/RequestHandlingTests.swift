import EventLoop
import HTTPTypes
import JSON
import Postgres
import Telemetry
import TestKit
import Testing

@testable import WebServer

/// Knows the session `s1` (a cookie) and the token `t1`.
private struct TestAuthenticator: Authenticator {
    func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? {
        context.loop.preconditionCurrent()
        if let token = request.bearerToken {
            guard token == "t1" else { throw WebError.badToken }
            return principal(.bearer(token: 1))
        }
        if request.cookie("cohort_session") == "broken" { throw PostgresError.unavailable("all are busy") }
        return request.cookie("cohort_session") == "s1" ? principal(.cookie(session: 1, csrf: "c1")) : nil
    }

    private func principal(_ credential: Principal.Credential) -> Principal {
        Principal(
            institution: TenantID(rawValue: 7), user: 42, person: 1, name: "Ada", login: "ada",
            roles: ["student"],
            credential: credential)
    }
}

private struct OddError: Error {}

@Suite(.ownThread)
struct `Request handling` {
    private static let routes: [Route] = [
        Route(.get, "/open", access: .anyone) { request, _ in
            .text(request.principal == nil ? "nobody" : "somebody")
        },
        Route(.get, "/maybe", access: .maybeSignedIn) { request, _ in
            .text(request.principal?.login ?? "nobody")
        },
        Route(.get, "/me", access: .signedIn) { request, _ in .text("\(try request.signedIn().user)") },
        Route(.post, "/me", access: .signedIn) { request, context in
            context.loop.preconditionCurrent()
            return .text("\(request.body.count)")
        },
        Route(.post, "/sign-in", access: .anyone) { _, _ in .noContent },
        Route(.get, "/mine/:which", access: .signedIn) { _, _ in
            throw PostgresError.server(
                .init(state: .uniqueViolation, message: "duplicate key", detail: "(login)=(ada)"))
        },
        Route(.get, "/fails/:how", access: .anyone) { request, _ in
            switch request.parameters["how"] {
            case "field": throw FieldError(field: "answer.text", problem: .missing)
            case "busy": throw PostgresError.unavailable("the pool's queue is full")
            case "lost": throw PostgresError.connectionLost("server closed the connection")
            case "unique":
                throw PostgresError.server(
                    .init(state: .uniqueViolation, message: "duplicate key", detail: "(login)=(ada)"))
            case "gone":
                throw PostgresError.server(.init(state: .adminShutdown, message: "terminating connection"))
            case "throttled": throw WebError.tooManyRequests(after: .seconds(9))
            case "splitting": return WebResponse(headers: [.location: "/a\r\nSet-Cookie: b=c"])
            default: throw OddError()
            }
        },
    ]

    private func site() throws -> TestSite { try TestSite(Self.routes, authenticator: TestAuthenticator()) }

    private func request(_ method: String, _ path: String, _ fields: [String] = [], body: String? = nil)
        -> String
    {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: school.example"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    private static let cookie = "Cookie: a=b; cohort_session=s1"

    // MARK: Who may

    @Test(
        arguments: [
            ("/open", [], 200, "nobody"), ("/open", [cookie], 200, "nobody"),
            ("/maybe", [], 200, "nobody"), ("/maybe", [cookie], 200, "ada"),
            ("/maybe", ["Cookie: cohort_session=old"], 200, "nobody"),
            ("/me", [cookie], 200, "42"), ("/me", ["Authorization: Bearer t1"], 200, "42"),
            ("/me", [], 401, "unauthorized"), ("/me", ["Cookie: cohort_session=old"], 401, "unauthorized"),
            ("/me", ["Authorization: Bearer bad"], 401, "invalid_token"),
            ("/maybe", ["Authorization: Bearer bad"], 401, "invalid_token"),
            ("/me", ["Cookie: cohort_session=broken"], 503, "unavailable"),
        ] as [(String, [String], Int, String)])
    func `lets in whom the route wants`(path: String, fields: [String], status: Int, text: String) throws {
        let site = try site()
        let response = try site.client().exchange(request("GET", path, fields))
        #expect(response.status == status)
        #expect(status == 200 ? response.text == text : response.text.contains(#""code":"\#(text)""#))
        #expect((response["www-authenticate"] != nil) == (text == "invalid_token"))
        #expect((response["retry-after"] != nil) == (status == 503))
    }

    @Test(
        arguments: [
            ("/me", [cookie, "X-CSRF-Token: c1"], 200), ("/me", [cookie], 403),
            ("/me", [cookie, "X-CSRF-Token: c2"], 403),
            ("/me", [cookie, "X-CSRF-Token: c1", "Origin: http://school.example"], 200),
            ("/me", [cookie, "X-CSRF-Token: c1", "Origin: http://evil.example"], 403),
            ("/me", ["Authorization: Bearer t1"], 200), ("/me", [], 401), ("/me", ["X-CSRF-Token: c1"], 401),
            ("/sign-in", [], 204), ("/sign-in", [cookie], 204),
            ("/sign-in", ["Origin: http://evil.example"], 403),
        ] as [(String, [String], Int)])
    func `takes unsafe requests from our own pages only`(path: String, fields: [String], status: Int) throws {
        let site = try site()
        let client = try site.client()
        let response = try client.exchange(request("POST", path, fields, body: "abc"))
        #expect(response.status == status)
        if status == 403 { #expect(response.text.contains(#""code":"csrf""#)) }
        #expect(try client.exchange(request("GET", "/open")).status == 200)
    }

    @Test func `asks nobody for a body before it is known who they are`() throws {
        let site = try site()
        let client = try site.client()
        let fields = ["Expect: 100-continue", "Content-Length: 3"]
        #expect(try client.exchange(request("POST", "/me", fields)).status == 401)
        #expect(try client.readToEnd().isEmpty)
        let known = try site.client()
        #expect(
            try known.exchange(request("POST", "/me", fields + ["Authorization: Bearer t1"])).status == 100)
        try known.send("abc")
        #expect(try known.readResponse().text == "3")
    }

    // MARK: What goes wrong

    @Test(
        arguments: [
            (
                "field", 400,
                #"{"errors":[{"message":"field \"answer.text\" is missing","field":"answer.text"}],"code":"invalid","error_report_id":"r1"}"#
            ),
            (
                "busy", 503,
                #"{"errors":[{"message":"The service is busy: try again in a moment."}],"code":"unavailable","error_report_id":"r1"}"#
            ),
            ("lost", 503, nil), ("gone", 503, nil),
            (
                "unique", 500,
                #"{"errors":[{"message":"Something went wrong on our side."}],"code":"internal","error_report_id":"r1"}"#
            ),
            (
                "odd", 500,
                #"{"errors":[{"message":"Something went wrong on our side."}],"code":"internal","error_report_id":"r1"}"#
            ),
            ("splitting", 200, nil),
            ("throttled", 429, nil),
        ] as [(String, Int, String?)])
    func `maps errors to answers that tell nothing of ours`(how: String, status: Int, body: String?) throws {
        let site = try site()
        let response = try site.client().exchange(request("GET", "/fails/\(how)", ["X-Request-Id: r1"]))
        #expect(response.status == status)
        if let body { #expect(response.text == body) }
        #expect(response["set-cookie"] == nil)
        #expect((response["retry-after"] != nil) == (status == 503 || status == 429))
    }

    @Test func `writes causes and requests to the log, and nothing of the query or the user`() throws {
        let site = try site()
        let client = try site.client()
        _ = try client.exchange(
            request("GET", "/mine/one?password=hunter2", ["X-Request-Id: r1", Self.cookie]))
        _ = try client.exchange(request("GET", "/me", ["X-Request-Id: r2", Self.cookie]))
        _ = site.onLoop { $0.openConnections }
        #expect(site.waits { _ in site.log.all.contains("r2") })
        let log = site.log.all
        #expect(log.contains("duplicate key"))
        #expect(log.contains(#""route":"/mine/:which""#))
        // The cause's line and the requests' own.
        let lines = log.split(separator: "\n").filter { $0.contains("\"r1\"") || $0.contains("\"r2\"") }
        #expect(lines.count == 3)
        for line in lines { #expect(line.contains(#""institution":"7""#), "\(line)") }
        #expect(!log.contains("hunter2"))
        #expect(!log.contains("s1"))
        #expect(!log.contains("Ada"))
    }

    // MARK: Probes

    @Test func `answers probes, and says when it is about to stop`() throws {
        let site = try TestSite(ProbeRoutes.all() + Self.routes)
        let client = try site.client()
        #expect(try client.exchange(request("GET", "/healthz")).text == "ok\n")
        #expect(
            try client.exchange(request("GET", "/readyz")).text
                == #"{"ready":true,"reasons":[],"degraded":[]}"#)
        site.health.setDegraded("redis", true)
        let degraded = try client.exchange(request("GET", "/readyz"))
        #expect(degraded.status == 200)
        #expect(degraded.text == #"{"ready":true,"reasons":[],"degraded":["redis"]}"#)
        site.health.drain()
        let response = try client.exchange(request("GET", "/readyz"))
        #expect(response.status == 503)
        #expect(response.text.contains("draining"))
        _ = try client.exchange(request("GET", "/open"))
        let metrics = try client.exchange(request("GET", "/metrics"))
        #expect(metrics["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            metrics.text.contains(#"cohort_http_requests_total{route="/open",method="GET",status="200"} 1"#))
        #expect(metrics.text.contains("cohort_http_connections 1\n"))
        #expect(metrics.text.contains(#"cohort_http_request_seconds_count{route="/open"} 1"#))
    }

    @Test func `counts for the institution of whoever asks, and for none where nobody does`() throws {
        let site = try TestSite(ProbeRoutes.all() + Self.routes, authenticator: TestAuthenticator())
        let client = try site.client()
        _ = try client.exchange(request("GET", "/open"))
        #expect(
            try !client.exchange(request("GET", "/metrics")).text.contains(
                "cohort_institution_requests_total{"))
        _ = try client.exchange(request("GET", "/me", ["Authorization: Bearer t1"]))
        let text = try client.exchange(request("GET", "/metrics")).text
        #expect(text.contains(#"cohort_institution_requests_total{institution="7"} 1"#))
        #expect(text.contains(#"cohort_institution_sent_bytes_total{institution="7"} 2"#))
        _ = try client.exchange(request("GET", "/me"))
        #expect(
            try client.exchange(request("GET", "/metrics")).text.contains(
                #"cohort_http_refusals_total{code="unauthorized"} 1"#))
    }

    @Test func `shows numbers to this machine and to watchers only`() throws {
        let site = try TestSite(ProbeRoutes.all(watchers: ProxyTrust(["9.9.9.9"]))) { settings in
            settings.proxies = (try? ProxyTrust(["127.0.0.1"])) ?? ProxyTrust()
        }
        let client = try site.client()
        #expect(try client.exchange(request("GET", "/metrics", ["X-Forwarded-For: 8.8.8.8"])).status == 404)
        #expect(try client.exchange(request("GET", "/metrics", ["X-Forwarded-For: 9.9.9.9"])).status == 200)
    }
}

struct `The answer of a throttle` {
    @Test(arguments: [
        (Duration.zero, 1), (.milliseconds(1), 1), (.seconds(1), 1), (.seconds(5), 5),
        (.milliseconds(5001), 6),
        (.seconds(600), 600),
    ])
    func `says whole seconds, never too early, and at least one`(wait: Duration, told: Int) {
        #expect(WebError.tooManyRequests(after: wait).retryAfter == told)
        let other = WebError.tooManyRequests(after: wait, code: "institution_throttled")
        #expect(other.retryAfter == told && other.code == "institution_throttled")
        #expect(other.status == .tooManyRequests)
    }
}
