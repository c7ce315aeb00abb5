import Sockets
import Testing
import WebClient

struct `Address kind` {
    @Test(arguments: [
        ("8.8.8.8", AddressKind.publicHost), ("1.0.0.1", .publicHost), ("100.63.255.255", .publicHost),
        ("100.128.0.0", .publicHost), ("172.15.255.255", .publicHost), ("172.32.0.0", .publicHost),
        ("223.255.255.255", .publicHost), ("192.0.1.0", .publicHost), ("198.17.255.255", .publicHost),
        ("198.20.0.0", .publicHost), ("169.253.255.255", .publicHost), ("11.0.0.0", .publicHost),
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified),
        ("127.0.0.1", .loopback), ("127.255.255.255", .loopback),
        ("10.0.0.0", .privateNetwork), ("10.255.255.255", .privateNetwork), ("172.16.0.1", .privateNetwork),
        ("172.31.255.255", .privateNetwork), ("192.168.0.1", .privateNetwork),
        ("169.254.169.254", .linkLocal), ("169.254.170.2", .linkLocal), ("168.63.129.16", .metadata),
        ("100.64.0.0", .shared), ("100.100.100.200", .shared), ("100.127.255.255", .shared),
        ("224.0.0.1", .multicast), ("239.255.255.255", .multicast),
        ("192.0.2.1", .documentation), ("198.51.100.7", .documentation), ("203.0.113.9", .documentation),
        ("198.18.0.0", .benchmark), ("198.19.255.255", .benchmark),
        ("192.0.0.192", .reserved), ("192.88.99.1", .reserved), ("240.0.0.1", .reserved),
        ("255.255.255.255", .reserved),
    ])
    func `of IPv4 follows the registry`(text: String, kind: AddressKind) throws {
        #expect(AddressKind(of: try #require(IPAddress(text))) == kind)
        // The same address inside IPv6 is what it is outside.
        #expect(AddressKind(of: try #require(IPAddress("::ffff:\(text)"))) == kind)
        #expect(AddressKind(of: try #require(IPAddress("64:ff9b::\(text)"))) == kind)
        let bytes = try #require(IPAddress(text)).bytes
        let sixToFour = IPAddress(bytes: [0x20, 0x02] + bytes + [UInt8](repeating: 1, count: 10))
        #expect(AddressKind(of: sixToFour) == kind)
    }

    @Test(arguments: [
        ("2606:4700:4700::1111", AddressKind.publicHost), ("2a00::1", .publicHost), ("3ffe::1", .publicHost),
        ("::", .unspecified), ("::1", .loopback), ("::127.0.0.1", .loopback), ("::10.0.0.1", .privateNetwork),
        ("fc00::1", .privateNetwork), ("fd00:ec2::254", .privateNetwork), ("fec0::1", .privateNetwork),
        ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("ff02::1", .multicast),
        ("2001:db8::1", .documentation), ("3fff:fff::1", .documentation), ("2001:2::1", .benchmark),
        ("2001:0:5ef5:79fb:0:59a:a5d5:1", .tunnel), ("2001:10::1", .reserved), ("2001:1ff::1", .reserved),
        ("64:ff9b:1::1", .reserved), ("100::1", .reserved), ("4000::1", .reserved), ("::2", .reserved),
        ("5f00::1", .reserved), ("64:ff9b::169.254.169.254", .linkLocal), ("2002:7f00:1::", .loopback),
    ])
    func `of IPv6 follows the registry`(text: String, kind: AddressKind) throws {
        #expect(AddressKind(of: try #require(IPAddress(text))) == kind)
    }
}

struct `Outgoing policy` {
    @Test func `lets nothing pass but the open network at its ports`() throws {
        let policy = OutgoingPolicy()
        let open = try #require(IPAddress("8.8.8.8"))
        #expect(policy.refusal(of: open, port: 443) == nil)
        #expect(policy.refusal(of: open, port: 25) == .forbiddenPort(25))
        #expect(policy.refusal(of: open, port: 6379) == .forbiddenPort(6379))
        let local = try #require(IPAddress("::ffff:127.0.0.1"))
        #expect(policy.refusal(of: local, port: 443) == .forbiddenAddress(.loopback))
    }

    @Test func `lets pass what an operator names, at any port`() throws {
        let policy = OutgoingPolicy(allowedNetworks: [try IPNetwork("10.1.0.0/16"), try IPNetwork("::1")])
        let named = try #require(IPAddress("10.1.2.3"))
        #expect(policy.refusal(of: named, port: 8080) == nil)
        #expect(policy.refusal(of: try #require(IPAddress("::1")), port: 1) == nil)
        #expect(policy.refusal(of: try #require(IPAddress("::ffff:10.1.2.3")), port: 1) == nil)
        let other = try #require(IPAddress("10.2.2.3"))
        #expect(policy.refusal(of: other, port: 443) == .forbiddenAddress(.privateNetwork))
        let wrapped = try #require(IPAddress("2002:a01:203::"))
        #expect(policy.refusal(of: wrapped, port: 443) == .forbiddenAddress(.privateNetwork))
    }
}
