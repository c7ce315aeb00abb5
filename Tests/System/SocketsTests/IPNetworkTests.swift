import Sockets
import Testing

struct `IP network` {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "2001::1", true), ("fd00::/9", "fd7f::1", true),
        ("fd00::/9", "fd80::1", false),
        ("100.64.0.0/10", "100.127.255.255", true), ("100.64.0.0/10", "100.128.0.0", false),
        ("::ffff:10.0.0.1", "10.0.0.1", true),
    ])
    func `knows its addresses`(network: String, address: String, isInside: Bool) throws {
        #expect(try IPNetwork(network).contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "host", "10.0.0/8", "10.0.0.0/8/8",
    ])
    func `is nothing else`(text: String) {
        #expect(throws: BadNetwork(text: text)) { try IPNetwork(text) }
    }

    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("0:0::1", "::1"), ("2001:DB8::1", "2001:db8::1")])
    func `writes addresses in their usual form`(text: String, usual: String) throws {
        #expect(try #require(IPAddress(text)).description == usual)
    }

    @Test(arguments: ["", "1.2.3", "01.2.3.4", "fe80::1%lo", "[::1]", "localhost"])
    func `reads addresses in their usual form only`(text: String) {
        #expect(IPAddress(text) == nil)
    }
}
