import Testing
import WebSocket

struct `Close code` {
    /// RFC 6455 §7.4 and the registry, number by number.
    @Test func `may travel only if it is assigned or free for use`() {
        for number in UInt16.min ... .max {
            let isAssigned = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
                .contains(number)
            let isFree = (3000...4999).contains(number)
            if CloseCode(rawValue: number).mayTravel != (isAssigned || isFree) {
                Issue.record("\(number)")
            }
        }
    }

    @Test func `for a missing extension comes from clients only`() {
        #expect(CloseCode.missingExtension.mayStart(from: .client))
        #expect(!CloseCode.missingExtension.mayStart(from: .server))
        #expect(CloseCode.serviceRestart.mayStart(from: .server))
        for code in [CloseCode.noStatus, .abnormal, .tlsFailure] {
            #expect(!code.mayStart(from: .client))
            #expect(!code.mayStart(from: .server))
        }
    }
}
