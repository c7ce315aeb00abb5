import Tenancy

/// An account, as far as imports go.
struct AccountImage: RosterRecord {
    let id: Int64
    var name: String
    /// The ids from the root to the account itself.
    var path: [Int64]
    var state = "active"
    /// Fields that somebody changed by hand.
    var stuck: [String] = []
    var isKnown = true

    var parent: Int64? { path.count > 1 ? path[path.count - 2] : nil }
}

/// A row of accounts.csv.
struct AccountRow: Hashable, Sendable {
    let number: Int
    let sisID: String
    /// The account above; `nil` for the root.
    let parent: String?
    /// Whether the file says where the account is.
    let hasParent: Bool
    let name: String?
    let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        sisID = try row.sisID(.accountID)
        parent = try row.optionalSISID(.parentAccountID)
        hasParent = row.has(.parentAccountID)
        name = try row.name(.name, atMost: 200)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
        guard parent != sisID else { throw RowRefusal("account_id and parent_account_id are the same") }
    }
}

/// The accounts of an institution while a batch of rows is gone through: each row builds on those before it.
struct AccountTree: Sendable {
    private(set) var accounts: [Int64: AccountImage]
    private var bySIS: [String: Int64]
    private let root: Int64
    /// Accounts that courses are in.
    private let held: Set<Int64>

    init(root: Int64, accounts: [AccountImage], bySIS: [String: Int64], held: Set<Int64>) {
        self.root = root
        self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
        self.bySIS = bySIS
        self.held = held
    }

    /// Whether a row makes an account, which then needs an id.
    func makes(_ row: AccountRow) -> Bool { bySIS[row.sisID] == nil && !row.isDeleted }

    /// Carries out one row.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - newID: The id of the account, where the row makes one.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The account before and after; `nil` where nothing is to be done.
    /// - Throws: A refusal.
    mutating func apply(
        _ row: AccountRow, newID: Int64?, _ rules: StickyRules = StickyRules()
    ) throws(RowRefusal) -> (now: AccountImage?, wanted: AccountImage)? {
        let now = bySIS[row.sisID].flatMap { accounts[$0] }
        if row.isDeleted {
            guard var account = now else { return nil }
            try checkRemoval(of: account)
            account.state = "deleted"
            accounts[account.id] = account
            return (now, account)
        }
        guard let id = now?.id ?? newID else { return nil }
        guard let name = row.name ?? now?.name else { throw RowRefusal("name is empty") }
        var account = now ?? AccountImage(id: id, name: name, path: [root, id])
        var sticky = StickyFields(account.stuck, rules)
        account.name = sticky.settle("name", account.name, name)
        account.stuck = sticky.names
        account.state = "active"
        if id != root {
            let parent = try parent(of: row, now: now)
            guard !parent.path.contains(id) else {
                throw RowRefusal("parent_account_id lies below account_id")
            }
            account.path = parent.path + [id]
        } else if row.parent != nil {
            throw RowRefusal("the root account has no account above it")
        }
        let depth = account.path.count + (now.map { height(below: $0) } ?? 0)
        guard depth <= Account.deepest else {
            throw RowRefusal("accounts may be \(Account.deepest) deep inside one another")
        }
        if let now, now.path != account.path { move(now, to: account.path) }
        accounts[id] = account
        bySIS[row.sisID] = id
        return (now, account)
    }

    private func parent(of row: AccountRow, now: AccountImage?) throws(RowRefusal) -> AccountImage {
        var id = now?.parent ?? root
        if row.hasParent {
            guard let found = row.parent.map({ bySIS[$0] }) ?? root else {
                throw RowRefusal("parent_account_id names no account")
            }
            id = found
        }
        guard let parent = accounts[id], parent.state != "deleted" else {
            throw RowRefusal("parent_account_id names an account that was deleted")
        }
        return parent
    }

    private func checkRemoval(of account: AccountImage) throws(RowRefusal) {
        guard account.state != "deleted" else { return }
        guard account.id != root else { throw RowRefusal("the root account stays") }
        let isParent = accounts.values.contains {
            $0.id != account.id && $0.state != "deleted" && $0.path.contains(account.id)
        }
        guard !isParent, !held.contains(account.id) else {
            throw RowRefusal("the account has accounts or courses below it")
        }
    }

    private func height(below account: AccountImage) -> Int {
        let deepest = accounts.values.filter { $0.path.contains(account.id) }.map(\.path.count).max()
        return (deepest ?? account.path.count) - account.path.count
    }

    /// What lies below an account goes along.
    private mutating func move(_ account: AccountImage, to path: [Int64]) {
        for one in accounts.values where one.id != account.id && one.path.contains(account.id) {
            accounts[one.id]?.path = path + one.path.dropFirst(account.path.count)
        }
    }
}
