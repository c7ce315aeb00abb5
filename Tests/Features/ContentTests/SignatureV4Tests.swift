import Foundation
import JSON
import Testing

@testable import Content

/// What botocore made of some requests: written by `Tests/Tools/content_signatures.py`.
private struct Figures {
    let access: String
    let secret: String
    let rows: [JSONValue]

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("content-signatures.json")
        let value = try JSONReader.read(Array(try Data(contentsOf: file)))
        access = try #require(value["access"]?.string)
        secret = try #require(value["secret"]?.string)
        rows = try #require(value["rows"]?.array)
    }
}

struct `Signature V4` {
    /// The key of the examples that AWS has published for S3.
    private let published = SignatureV4(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region: "us-east-1")
    private let day: Int64 = 1_369_353_600_000

    @Test func `signs the published request as published`() throws {
        let fields = published.headers(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt",
            fields: [("range", "bytes=0-9")],
            payloadHash: Hexadecimal.emptySHA256, at: day)
        let authorization = try #require(fields.first { $0.0 == "authorization" }?.1)
        #expect(
            authorization
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func `presigns the published URL as published`() {
        let query = published.presignedQuery(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt", seconds: 86_400, at: day
        )
        #expect(
            query
                == "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
                + "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test func `agrees with botocore on every path, query and time`() throws {
        let figures = try Figures()
        let signature = SignatureV4(
            accessKey: figures.access, secretKey: figures.secret, region: "eu-central-1")
        #expect(figures.rows.count > 100)
        for row in figures.rows {
            let host = try #require(row["host"]?.string)
            let path = try #require(row["path"]?.string)
            let time = Int64(try #require(row["time"]?.int))
            if row["kind"]?.string == "header" {
                let fields = signature.headers(
                    method: "PUT", host: host, path: path,
                    fields: [("content-type", "application/octet-stream")],
                    payloadHash: try #require(row["payload"]?.string), at: time)
                #expect(fields.first { $0.0 == "x-amz-date" }?.1 == row["date"]?.string)
                #expect(
                    fields.first { $0.0 == "authorization" }?.1 == row["authorization"]?.string, "\(path)")
            } else {
                let query = try #require(row["query"]?.array).map {
                    ($0.array?[0].string ?? "", $0.array?[1].string ?? "")
                }
                let made = signature.presignedQuery(
                    method: "GET", host: host, path: path, query: query, seconds: 300, at: time)
                #expect(made.hasSuffix("&X-Amz-Signature=\(row["signature"]?.string ?? "")"), "\(path)")
            }
        }
    }
}
