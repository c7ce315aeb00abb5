import HTTP
import Testing

struct `Content coding` {
    @Test(
        arguments: [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("gzip, br", .brotli),
            ("br;q=0.5, gzip;q=0.9", .gzip),
            ("GZIP", .gzip), ("x-gzip", .gzip), ("*", .brotli), ("*;q=0.5, gzip", .gzip),
            ("br;q=0, *", .gzip),
            ("deflate", .identity), ("identity", .identity), ("identity, gzip;q=0.5", .identity),
            ("gzip;q=0", .identity), ("gzip;q=0, identity;q=0", nil), ("*;q=0", nil),
            ("identity;q=0, br", .brotli),
            ("gzip;q=0.001", .gzip), ("gzip ; Q=1.000", .gzip), ("gzip;q=2", .identity),
            ("gzip;q=1.001", .identity),
            ("gzip;q=0.0001", .identity), ("gzip;q=", .identity), ("gzip;x=1", .identity),
            ("gzip;q=.5", .identity),
            (",, gzip ,", .gzip), ("(), gzip", .gzip), ("gzip, gzip;q=0", .gzip),
        ] as [(String?, ContentCoding?)])
    func `is chosen by weight, then by the server's order`(field: String?, chosen: ContentCoding?) {
        #expect(ContentCoding.negotiate(field, offered: [.brotli, .gzip]) == chosen)
    }

    @Test func `is identity where nothing else is offered`() {
        #expect(ContentCoding.negotiate("gzip, br", offered: []) == .identity)
        #expect(ContentCoding.negotiate("gzip, identity;q=0", offered: []) == nil)
    }
}
