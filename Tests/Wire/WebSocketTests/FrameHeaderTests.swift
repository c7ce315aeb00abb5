import Testing
import WebSocket

struct `Frame header` {
    private func decode(_ octets: [UInt8], maxPayload: Int = 1 << 20) throws -> (
        header: FrameHeader, length: Int
    )? {
        try FrameHeader.decode(octets, maxPayload: maxPayload)
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1 << 20])
    func `is read back as it was written, and asks for more while cut short`(length: Int) throws {
        let key = MaskingKey(1, 2, 3, 4)
        let header = FrameHeader(.binary, payloadLength: length, isFinal: false, mask: key)
        var octets: [UInt8] = []
        header.encode(into: &octets)
        #expect(octets.count == header.encodedLength)
        let decoded = try #require(try decode(octets + [0xFF, 0xFF]))
        #expect(decoded.header == header)
        #expect(decoded.length == octets.count)
        for count in 0..<octets.count {
            #expect(try decode(Array(octets[..<count])) == nil, "\(count) octets")
        }
    }

    @Test func `is written in the shortest form`() {
        #expect(FrameEncoder.header(.text, payloadLength: 125) == [0x81, 125])
        #expect(FrameEncoder.header(.text, payloadLength: 126) == [0x81, 126, 0, 126])
        #expect(FrameEncoder.header(.text, payloadLength: 65_535) == [0x81, 126, 0xFF, 0xFF])
        #expect(FrameEncoder.header(.text, payloadLength: 65_536) == [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    struct Wrong: Sendable {
        let octets: [UInt8]
        let error: FrameError

        init(_ octets: [UInt8], _ error: FrameError) {
            self.octets = octets
            self.error = error
        }
    }

    @Test(arguments: [
        Wrong([0x91], .reservedBits(.rsv3)), Wrong([0xA1], .reservedBits(.rsv2)),
        Wrong([0xC1], .reservedBits(.rsv1)),
        Wrong([0xF9], .reservedBits([.rsv1, .rsv2, .rsv3])),
        Wrong([0x83], .unknownOpcode(3)), Wrong([0x07], .unknownOpcode(7)), Wrong([0x8B], .unknownOpcode(11)),
        Wrong([0x8F], .unknownOpcode(15)),
        Wrong([0x08], .fragmentedControl), Wrong([0x09], .fragmentedControl),
        Wrong([0x0A], .fragmentedControl),
        Wrong([0x81, 0x05], .unmaskedClientFrame), Wrong([0x89, 0xFE], .controlTooLong),
        Wrong([0x88, 0xFF], .controlTooLong),
        Wrong([0x81, 0xFE, 0, 125], .lengthNotMinimal), Wrong([0x81, 0xFE, 0, 0], .lengthNotMinimal),
        Wrong([0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .lengthNotMinimal),
        Wrong([0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1], .lengthNotMinimal),
        Wrong([0x81, 0xFF, 0x80], .lengthOutOfRange),
        Wrong([0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .tooLarge(limit: 1 << 20)),
        Wrong([0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1], .tooLarge(limit: 1 << 20)),
    ])
    func `is refused as soon as it is wrong`(row: Wrong) {
        #expect(throws: row.error) { try decode(row.octets) }
        #expect(throws: Never.self) { try decode(Array(row.octets.dropLast())) }
    }

    @Test func `of a server must not be masked`() throws {
        let masked: [UInt8] = [0x81, 0x80, 1, 2, 3, 4]
        #expect(throws: FrameError.maskedServerFrame) {
            try FrameHeader.decode(masked, from: .server, maxPayload: 10)
        }
        let plain: [UInt8] = [0x81, 0x00]
        #expect(try FrameHeader.decode(plain, from: .server, maxPayload: 10)?.length == 2)
    }

    @Test(arguments: [
        (UInt8(0xC1), true), (0xC2, true), (0x41, true), (0xC0, false), (0xC8, false), (0xC9, false),
        (0xCA, false),
    ])
    func `may carry an agreed RSV1 on the first frame of a message only`(first: UInt8, isRight: Bool) throws {
        let octets: [UInt8] = [first, 0x80, 1, 2, 3, 4]
        if isRight {
            let decoded = try FrameHeader.decode(octets, allowing: .rsv1, maxPayload: 10)
            #expect(decoded?.header.reserved == .rsv1)
        } else {
            #expect(throws: FrameError.reservedBits(.rsv1)) {
                try FrameHeader.decode(octets, allowing: .rsv1, maxPayload: 10)
            }
        }
    }

    @Test func `of a control frame does not fall under the limit for messages`() throws {
        #expect(try decode([0x89, 0xFD, 1, 2, 3, 4], maxPayload: 0)?.header.payloadLength == 125)
    }

    @Test func `stays small`() {
        #expect(MemoryLayout<FrameHeader?>.size <= 16)
    }
}

extension `Frame header` {
    @Test func `has a reason and a code for every error`() {
        let errors: [FrameError] = [
            .reservedBits(.rsv1), .unknownOpcode(3), .unmaskedClientFrame, .maskedServerFrame,
            .fragmentedControl,
            .controlTooLong, .lengthNotMinimal, .lengthOutOfRange, .tooLarge(limit: .max),
            .tooManyFragments(limit: .max), .nothingToContinue, .messageUnfinished, .invalidUTF8,
            .closePayloadTooShort, .invalidCloseCode(1),
        ]
        for error in errors {
            #expect(error.closeCode.mayStart(from: .server))
            #expect(!error.reason.isEmpty && error.reason.utf8.count <= FrameEncoder.maxReasonBytes)
        }
    }
}
