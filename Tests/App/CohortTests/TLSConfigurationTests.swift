import Sockets
import Testing

@testable import Cohort

struct `Settings of HTTPS` {
    private func read(_ flags: String...) throws(ConfigurationProblem) -> Configuration.TLS? {
        try Configuration(arguments: flags, environment: [:], file: nil).tls
    }

    private let files = ["--tls-certificates=/a.pem,/b.pem", "--tls-keys=/a.key,/b.key"]

    private func problem(_ flags: String...) -> String {
        do throws(ConfigurationProblem) {
            _ = try Configuration(arguments: flags, environment: [:], file: nil)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `are none where nothing is to be listened at`() throws {
        #expect(try read() == nil)
    }

    @Test(arguments: [
        ("8443", "127.0.0.1:8443"), ("0.0.0.0:443", "0.0.0.0:443"), ("[::]:443", "[::]:443"),
        ("0", "127.0.0.1:0"),
    ])
    func `take a port, or an address with one`(text: String, address: String) throws {
        let tls = try #require(try read("--tls-listen=\(text)", files[0], files[1]))
        #expect("\(tls.address)" == address)
        #expect(tls.files.map(\.certificateFile) == ["/a.pem", "/b.pem"])
        #expect(tls.files.map(\.keyFile) == ["/a.key", "/b.key"])
        #expect(tls.minimum == .tls12 && !tls.redirects && tls.strictTransportSeconds == 0)
    }

    @Test(arguments: ["https", "localhost:443", "[::1]", "::1:x", "70000", "1.2.3.4:"])
    func `refuse what is no address`(text: String) {
        #expect(
            problem("--tls-listen=\(text)", files[0], files[1])
                .contains("must be a port, or an address such as 0.0.0.0:443"))
    }

    @Test func `say what is missing`() {
        #expect(problem("--tls-listen=443").hasPrefix("tls.certificates is not set"))
        #expect(problem(files[0], files[1]).hasPrefix("tls.listen is not set"))
        #expect(
            problem("--tls-listen=443", files[0], "--tls-keys=/a.key")
                .contains("must name as many files as tls.certificates (2)"))
        #expect(
            problem("--tls-listen=127.0.0.1:8080", files[0], files[1])
                .contains("must be another address than listen.host and listen.port"))
        #expect(
            problem("--tls-listen=443", files[0], files[1], "--tls-minimum=1.1").contains("one of 1.2, 1.3"))
    }
}
