import Foundation
import Sockets
import TestKit
import Testing

@testable import WebServer

@Suite(.ownThread)
struct `Static files` {
    /// A folder that goes away with the test.
    final class Folder: Sendable {
        let path: String

        init(_ files: [String: [UInt8]]) throws {
            path = NSTemporaryDirectory() + "cohort-static-\(UUID().uuidString)"
            for (name, bytes) in files {
                let whole = path + "/" + name
                let parent = (whole as NSString).deletingLastPathComponent
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try Data(bytes).write(to: URL(fileURLWithPath: whole))
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static let script = Array(String(repeating: "export const a = 1;\n", count: 100).utf8)
    private static let large = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private static func folder() throws -> Folder {
        try Folder([
            "home/index.html": Array("<!doctype html><title>Home</title>".utf8),
            "base/dom.js": script, "base/app.0123abcd.mjs": script, "base/icon.svg": Array("<svg/>".utf8),
            "large.bin": large, ".hidden": [1], "empty.txt": [],
            "pages.json": Array(#"{"/": "home/index.html", "/courses/:id": "home/index.html"}"#.utf8),
        ])
    }

    private func exchange(_ method: String, _ path: String, _ fields: [String] = []) throws -> RawHTTPResponse
    {
        let folder = try Self.folder()
        let site = try TestSite(StaticFiles(root: folder.path).routes())
        let lines = ["\(method) \(path) HTTP/1.1", "Host: a"] + fields
        return try site.client().exchange(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    @Test(arguments: [
        ("/static/base/dom.js", "text/javascript; charset=utf-8", "no-cache"),
        (
            "/static/base/app.0123abcd.mjs", "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable"
        ),
        ("/static/base/icon.svg", "image/svg+xml; charset=utf-8", "no-cache"),
        ("/static/large.bin", "application/octet-stream", "no-cache"),
        ("/static/empty.txt", "text/plain; charset=utf-8", "no-cache"),
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/courses/7", "text/html; charset=utf-8", "no-cache"),
    ])
    func `are served with their type`(path: String, type: String, cache: String) throws {
        for method in ["GET", "HEAD"] {
            let response = try exchange(method, path)
            #expect(response.status == 200)
            #expect(response["content-type"] == type)
            #expect(response["cache-control"] == cache)
            #expect(response["etag"]?.hasPrefix("\"") == true)
            #expect(response["last-modified"] != nil)
            #expect(response["accept-ranges"] == "bytes")
            #expect(response["x-content-type-options"] == "nosniff")
        }
    }

    private static let documentFields = [
        "content-security-policy", "x-frame-options", "referrer-policy", "cross-origin-opener-policy",
        "permissions-policy",
    ]

    @Test(arguments: [
        ("/", true), ("/static/base/icon.svg", true), ("/static/empty.txt", true),
        ("/static/large.bin", true),
        ("/static/base/nothing.js", true), ("/static/base/dom.js", false),
        ("/static/base/app.0123abcd.mjs", false),
    ])
    func `bear a document's rules where they may be one`(path: String, isDocument: Bool) throws {
        let whole = try exchange("GET", path)
        let unchanged = try exchange("GET", path, ["If-None-Match: \(whole["etag"] ?? "*")"])
        for response in [whole, unchanged] {
            for field in Self.documentFields { #expect((response[field] != nil) == isDocument, "\(field)") }
            #expect(response["x-content-type-options"] == "nosniff")
            #expect(response["cross-origin-resource-policy"] == "same-origin")
        }
        #expect(unchanged.status == (whole.status == 200 ? 304 : whole.status))
    }

    @Test(arguments: [
        "/static/.hidden", "/static/pages.json", "/static/", "/static", "/static/base", "/static/../x",
        "/static/%2e%2e/x", "/static/base/nothing.js", "/static//base/dom.js", "/home/index.html",
    ])
    func `are nothing but what was found at the start`(path: String) throws {
        let status = try exchange("GET", path).status
        #expect(status == 404 || status == 400 || status == 308)
    }

    @Test func `come from the disk when they are large, whole and in order`() throws {
        let response = try exchange("GET", "/static/large.bin")
        #expect(response["content-length"] == "\(Self.large.count)")
        #expect(response.body == Self.large)
    }

    @Test func `come one after the other when they are asked for all at once`() throws {
        let folder = try Self.folder()
        let site = try TestSite(StaticFiles(root: folder.path).routes())
        let client = try site.client(receiveBuffer: 4096)
        let get = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
        for _ in 0..<3 { try client.send(get("/static/large.bin") + get("/static/base/dom.js")) }
        for _ in 0..<3 {
            #expect(try client.readResponse().body == Self.large)
            #expect(try client.readResponse().body == Self.script)
        }
    }

    @Test(arguments: [true, false])
    func `are sent to their end when the connection is to close`(byDraining: Bool) throws {
        let folder = try Self.folder()
        let site = try TestSite(StaticFiles(root: folder.path).routes()) { $0.lingering = .milliseconds(100) }
        let client = try site.client(receiveBuffer: 1 << 16)
        let close = byDraining ? "" : "Connection: close\r\n"
        try client.send("GET /static/large.bin HTTP/1.1\r\nHost: a\r\n\(close)\r\n")
        _ = try client.read(1000)
        if byDraining { site.onLoop { $0.drain {} } }
        let rest = try client.readToEnd()
        #expect(Array(rest.suffix(1000)) == Array(Self.large.suffix(1000)))
        #expect(rest.count > Self.large.count - 1000)
    }

    @Test func `are not kept for a client that never reads`() throws {
        let folder = try Self.folder()
        let site = try TestSite(StaticFiles(root: folder.path).routes()) {
            $0.writeTimeout = .milliseconds(100)
        }
        let client = try site.client(receiveBuffer: 4096)
        try client.send("GET /static/large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(site.waits { $0.context.streams.totals.sentBytes > 0 && $0.openConnections == 0 })
    }

    @Test func `come compressed to those who can read it`() throws {
        let plain = try exchange("GET", "/static/base/dom.js")
        let zipped = try exchange("GET", "/static/base/dom.js", ["Accept-Encoding: br;q=1, gzip;q=0.8"])
        #expect(plain.body == Self.script)
        #expect(plain["content-encoding"] == nil)
        #expect(zipped["content-encoding"] == "gzip")
        #expect(zipped.body.prefix(2) == [0x1F, 0x8B])
        #expect(zipped.body.count < plain.body.count)
        #expect(zipped["etag"] != plain["etag"])
        #expect(plain["vary"] == "Accept-Encoding")
        #expect(zipped["vary"] == "Accept-Encoding")
        #expect(
            try exchange("GET", "/static/base/dom.js", ["Accept-Encoding: gzip;q=0"])["content-encoding"]
                == nil)
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "bytes 0-3/2000", 4), ("bytes=-5", 206, "bytes 1995-1999/2000", 5),
            ("bytes=1990-", 206, "bytes 1990-1999/2000", 10), ("bytes=0-0,5-6", 200, nil, 2000),
            ("bytes=2000-", 416, "bytes */2000", 0), ("bytes=5-1", 200, nil, 2000),
            ("items=0-1", 200, nil, 2000),
        ] as [(String, Int, String?, Int)])
    func `come in parts`(range: String, status: Int, contentRange: String?, count: Int) throws {
        let response = try exchange(
            "GET", "/static/base/dom.js", ["Range: \(range)", "Accept-Encoding: gzip"])
        #expect(response.status == status)
        #expect(response["content-range"] == contentRange)
        #expect(response.body.count == count)
    }

    @Test func `come in parts from the disk too`() throws {
        let response = try exchange("GET", "/static/large.bin", ["Range: bytes=1000000-2999999"])
        #expect(response.status == 206)
        #expect(response.body == Array(Self.large[1_000_000...2_999_999]))
    }

    @Test func `are not sent again while they are the same`() throws {
        let folder = try Self.folder()
        let site = try TestSite(StaticFiles(root: folder.path).routes())
        let client = try site.client()
        let get = { (fields: String) in "GET /static/base/dom.js HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }
        let tag = try #require(try client.exchange(get(""))["etag"])
        let zippedTag = try #require(try client.exchange(get("Accept-Encoding: gzip\r\n"))["etag"])
        let same = try client.exchange(get("If-None-Match: \"x\", \(tag)\r\n"))
        #expect(same.status == 304)
        #expect(same["etag"] == tag)
        #expect(try client.exchange(get("If-None-Match: \"x\"\r\n")).status == 200)
        #expect(
            try client.exchange(get("Accept-Encoding: gzip\r\nIf-None-Match: \(zippedTag)\r\n")).status == 304
        )
        #expect(try client.exchange(get("If-Match: \"x\"\r\n")).status == 412)
        #expect(try client.exchange(get("Range: bytes=0-0\r\nIf-Range: \(tag)\r\n")).status == 206)
        #expect(try client.exchange(get("Range: bytes=0-0\r\nIf-Range: \"x\"\r\n")).status == 200)
    }

    @Test func `are refused at the start when a page is missing or the folder is`() throws {
        let folder = try Folder(["pages.json": Array(#"{"/": "nothing.html"}"#.utf8)])
        #expect(throws: StaticFilesError.self) { try StaticFiles(root: folder.path) }
        #expect(throws: StaticFilesError.self) { try StaticFiles(root: folder.path + "/nowhere") }
    }

    @Test func `leave out symbolic links`() throws {
        let folder = try Self.folder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.txt", withDestinationPath: "/etc/hostname")
        let site = try TestSite(StaticFiles(root: folder.path).routes())
        #expect(try site.client().exchange("GET /static/link.txt HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
    }
}
