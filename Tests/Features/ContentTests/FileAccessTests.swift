import Postgres
import Testing

@testable import Content

struct `File access` {
    private let now: Int64 = 1_000_000

    private func file(
        owner: Int64 = 1, _ scan: StoredFile.ScanState = .clean, _ availability: Availability = Availability()
    ) -> StoredFile {
        StoredFile(
            id: 1, uuid: PostgresUUID(high: 1, low: 2), folder: 1, context: .course(1), owner: owner,
            displayName: "a",
            filename: "a", contentType: "text/plain", size: 1, sha256: String(repeating: "a", count: 64),
            scanState: scan,
            availability: availability, createdAt: 0, updatedAt: 0)
    }

    private func decide(
        _ file: StoredFile, user: Int64 = 2, _ standing: FileAccess.Standing = .member,
        folder: Availability = Availability(), requiresScan: Bool = true
    ) -> FileAccess {
        FileAccess(file, in: folder, user: user, standing: standing, requiresScan: requiresScan, now: now)
    }

    @Test(arguments: StoredFile.ScanState.allCases)
    func `waits for the scan, but for its owner and staff`(state: StoredFile.ScanState) {
        let isClean = state == .clean
        #expect(decide(file(state)).isListed == isClean)
        #expect(decide(file(state)).isReadable == isClean)
        #expect(decide(file(state), user: 1).isListed)
        #expect(decide(file(state), .keeper).isListed)
        #expect(decide(file(state), user: 1).isReadable == (state != .infected))
        #expect(decide(file(state), .keeper).isReadable == (state != .infected))
    }

    @Test func `lets staff of what is over see everything, and change nothing`() {
        let access = decide(file(.unscanned), .overseer)
        #expect(access.isListed && access.isReadable && !access.isChangeable)
        #expect(decide(file(), .keeper).isChangeable)
    }

    @Test func `does not wait where scans are not required, but for what a scan has found`() {
        #expect(decide(file(.unscanned), requiresScan: false).isReadable)
        #expect(!decide(file(.infected), requiresScan: false).isReadable)
        #expect(!decide(file(.unscannable), requiresScan: false).isReadable)
    }

    @Test func `hides from lists what is hidden, and gives it to who has a link`() {
        for (own, folder) in [
            (Availability(isHidden: true), Availability()), (Availability(), Availability(isHidden: true)),
        ] {
            let made = decide(file(.clean, own), folder: folder)
            #expect(!made.isListed && made.isReadable && !made.isLockedForUser)
            #expect(decide(file(.clean, own), .keeper, folder: folder).isListed)
        }
    }

    @Test(arguments: [
        (Availability(isLocked: true), true), (Availability(unlockAt: 1_000_001), true),
        (Availability(unlockAt: 1_000_000), false), (Availability(lockAt: 1_000_000), true),
        (Availability(lockAt: 1_000_001), false), (Availability(unlockAt: 1, lockAt: 2), true),
    ])
    func `is locked when it is, or its folder`(availability: Availability, isLocked: Bool) {
        for made in [decide(file(.clean, availability)), decide(file(.clean), folder: availability)] {
            #expect(made.isListed)
            #expect(made.isLockedForUser == isLocked)
            #expect(made.isReadable == !isLocked)
        }
        #expect(decide(file(.clean, availability), .keeper).isReadable)
    }

    @Test func `is for members only, whoever the owner is, and changed by keepers only`() {
        let stranger = decide(file(), user: 1, .stranger)
        #expect(!stranger.isListed && !stranger.isReadable && !stranger.isChangeable)
        #expect(!decide(file(), user: 1).isChangeable)
        #expect(decide(file(), .keeper).isChangeable)
    }
}
