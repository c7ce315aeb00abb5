import JWTKit

/// The claims as they stand in the token; what they mean is decided by ``LiveTokens``, which is handed the time.
struct LiveTokenPayload: JWTPayload {
    var sub: String
    var exp: Double
    var nbf: Double?
    var aud: Audience?
    var iss: String?
    var institution: Int64?
    var name: String?
    var role: String?
    var session: Int64?
    var token: Int64?

    /// One audience or a list of them (RFC 7519 §4.1.3).
    struct Audience: Codable, Sendable {
        var values: [String]

        init(values: [String]) { self.values = values }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                values = [one]
            } else {
                values = try container.decode([String].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
        }
    }

    /// Accepts any claims: they are checked with the time handed in, after the signature.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
