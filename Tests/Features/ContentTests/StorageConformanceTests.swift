import EventLoop
import Foundation
import HTTPTypes
import Sockets
import Postgres
import Tenancy
import Testing
import TestKit
import WebClient

@testable import Content

/// The storages that must behave alike.
enum StorageKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case disk, s3

    var testDescription: String { rawValue }
}

/// A storage of one test.
struct StorageRig {
    let storage: any ContentStorage
    let folder: ScratchFolder
    let fetcher: Fetcher

    init(_ kind: StorageKind) async throws {
        folder = try ScratchFolder()
        let certificates = try TestCertificates()
        defer { withExtendedLifetime(certificates) {} }
        let loop = try EventLoop(index: 0, label: "test-storage")
        let lane = WorkLane(label: "test-disk", width: 1, backlog: 64)
        let policy = OutgoingPolicy(allowedNetworks: [try IPNetwork("127.0.0.0/8")])
        fetcher = Fetcher(
            loop: loop, tls: try .client(trusting: .file(certificates.authorityFile)),
            policy: policy)
        switch kind {
        case .disk: storage = DiskStorage(root: folder.path, lane: lane)
        case .s3:
            let store = try PrivateObjectStore.shared()
            let bucket = "bucket-\(UInt64.random(in: 0...(.max)))"
            let settings = S3Settings(
                endpoint: try WebURL("http://127.0.0.1:\(store.port)"), bucket: bucket,
                region: "eu-central-1",
                accessKey: "key", secretKey: "secret", prefix: "files/")
            try await StorageRig.makeBucket(settings, fetcher)
            storage = S3Storage(settings: settings, fetcher: fetcher, lane: lane) {
                Int64(Date().timeIntervalSince1970 * 1000)
            }
        }
    }

    private static func makeBucket(_ settings: S3Settings, _ fetcher: Fetcher) async throws {
        let signature = SignatureV4(
            accessKey: settings.accessKey, secretKey: settings.secretKey, region: settings.region)
        let body = Array(
            "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
                .utf8)
        let fields = signature.headers(
            method: "PUT", host: settings.endpoint.authority, path: "/\(settings.bucket)",
            payloadHash: Hexadecimal.text(Digest.sha256(body)), at: Int64(Date().timeIntervalSince1970 * 1000)
        )
        var headers: HTTPFields = [:]
        for (name, value) in fields { headers[try #require(HTTPField.Name(name))] = value }
        let made = try await fetcher.fetch(
            OutgoingRequest(
                .put, try WebURL("\(settings.endpoint)\(settings.bucket)"), fields: headers, body: body,
                allowsPlainHTTP: true))
        #expect(made.status == .ok, "\(String(decoding: made.body, as: UTF8.self))")
    }

    /// Stores bytes as a file that has arrived.
    func store(_ bytes: [UInt8], institution: Int64 = 17) async throws -> ContentKey {
        let key = try #require(
            ContentKey(
                institution: InstitutionID(rawValue: institution),
                sha256: Hexadecimal.text(Digest.sha256(bytes))))
        let file = try folder.write("arrived-\(UInt64.random(in: 0...(.max)))", bytes)
        try await storage.store(file, size: bytes.count, as: key)
        return key
    }

    /// What a reader gets.
    func read(_ key: ContentKey, _ presentation: Presentation) async throws -> (
        bytes: [UInt8], fields: HTTPFields
    ) {
        switch storage.place(of: key, as: presentation, at: Int64(Date().timeIntervalSince1970 * 1000)) {
        case .file(let path): return (Array(try Data(contentsOf: URL(fileURLWithPath: path))), [:])
        case .elsewhere(let url):
            let response = try await fetcher.fetch(
                OutgoingRequest(.get, try WebURL(url), limits: .init(body: 8 << 20), allowsPlainHTTP: true))
            #expect(response.status == .ok)
            return (response.body, response.fields)
        }
    }
}

struct `Content storage` {
    private let shown = Presentation(contentType: "image/png", filename: "a é\".png", wantsAttachment: false)

    @Test(arguments: StorageKind.allCases, [0, 1, 3_000_000])
    func `gives back what it was given`(kind: StorageKind, size: Int) async throws {
        let rig = try await StorageRig(kind)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let key = try await rig.store(bytes)
        #expect(try await rig.storage.size(of: key) == size)
        #expect(try await rig.read(key, shown).bytes == bytes)
    }

    @Test(arguments: StorageKind.allCases)
    func `stores equal content once, and again after it was removed`(kind: StorageKind) async throws {
        let rig = try await StorageRig(kind)
        let bytes = Array("hello".utf8)
        let key = try await rig.store(bytes)
        #expect(try await rig.store(bytes) == key)
        #expect(try await rig.storage.size(of: key) == 5)
        try await rig.storage.remove(key)
        #expect(try await rig.storage.size(of: key) == nil)
        try await rig.storage.remove(key)
        _ = try await rig.store(bytes)
        #expect(try await rig.storage.size(of: key) == 5)
    }

    @Test(arguments: StorageKind.allCases)
    func `keeps institutions apart`(kind: StorageKind) async throws {
        let rig = try await StorageRig(kind)
        let one = try await rig.store(Array("same".utf8), institution: 1)
        let two = try #require(ContentKey(institution: InstitutionID(rawValue: 2), sha256: one.sha256))
        #expect(try await rig.storage.size(of: two) == nil)
        #expect(one.path.hasPrefix("1/"))
        try await rig.storage.remove(two)
        #expect(try await rig.storage.size(of: one) == 4)
    }

    @Test(arguments: StorageKind.allCases)
    func `says so when a file cannot be read`(kind: StorageKind) async throws {
        let rig = try await StorageRig(kind)
        let key = try #require(
            ContentKey(institution: InstitutionID(rawValue: 1), sha256: String(repeating: "a", count: 64)))
        await #expect(throws: StorageError.self) {
            try await rig.storage.store("/nonexistent/file", size: 5, as: key)
        }
        #expect(try await rig.storage.size(of: key) == nil)
    }

    @Test func `on a disk leaves nothing but the content`() async throws {
        let rig = try await StorageRig(.disk)
        let key = try await rig.store(Array("hello".utf8))
        #expect(rig.folder.files == [key.path])
        // A file that a broken disk has cut is replaced.
        _ = try rig.folder.write(key.path, Array("he".utf8))
        _ = try await rig.store(Array("hello".utf8))
        #expect(try await rig.read(key, shown).bytes == Array("hello".utf8))
    }

    @Test func `on a disk takes files from another file system`() async throws {
        let rig = try await StorageRig(.disk)
        let disk = try #require(rig.storage as? DiskStorage)
        let other = "/dev/shm/cohort-\(UUID())"
        try Data("far".utf8).write(to: URL(fileURLWithPath: other))
        defer { try? FileManager.default.removeItem(atPath: other) }
        try FileManager.default.createDirectory(atPath: disk.incoming, withIntermediateDirectories: true)
        let key = try #require(
            ContentKey(
                institution: InstitutionID(rawValue: 1),
                sha256: Hexadecimal.text(Digest.sha256(Array("far".utf8)))))
        try await disk.store(other, size: 3, as: key)
        #expect(rig.folder.files == [key.path])
    }

    @Test func `in an object store is read with the header fields that were asked for`() async throws {
        let rig = try await StorageRig(.s3)
        let key = try await rig.store(Array("hello".utf8))
        let (_, fields) = try await rig.read(key, shown)
        #expect(fields[.contentType] == "image/png")
        #expect(fields[.contentDisposition] == shown.disposition)
    }

    @Test func `in an object store takes content by a presigned URL`() async throws {
        let rig = try await StorageRig(.s3)
        let store = try #require(rig.storage as? S3Storage)
        let bytes = Array("direct".utf8)
        let key = try #require(
            ContentKey(
                institution: InstitutionID(rawValue: 1), sha256: Hexadecimal.text(Digest.sha256(bytes))))
        let url = store.uploadURL(for: key, at: Int64(Date().timeIntervalSince1970 * 1000))
        let response = try await rig.fetcher.fetch(
            OutgoingRequest(.put, try WebURL(url), body: bytes, allowsPlainHTTP: true))
        #expect(response.status == .ok)
        #expect(try await store.size(of: key) == 6)
    }

    @Test(arguments: [
        "", "ab", String(repeating: "A", count: 64), String(repeating: "g", count: 64),
        "../" + String(repeating: "a", count: 61),
    ])
    func `has no key but a digest`(text: String) {
        #expect(ContentKey(institution: InstitutionID(rawValue: 1), sha256: text) == nil)
    }
}
