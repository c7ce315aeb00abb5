// An institution's schools and departments as a tree, out of the flat list that the server gives.

/** Children of `root` in order, each `{ account, depth, children }`; what hangs nowhere is left out. */
export function tree(accounts, root, compare) {
    const below = new Map();
    for (const account of accounts) {
        if (!below.has(account.parent_account_id)) below.set(account.parent_account_id, []);
        below.get(account.parent_account_id).push(account);
    }
    const grow = (id, depth, above) => (below.get(id) ?? []).filter((account) => !above.has(account.id))
        .sort((a, b) => compare(a.name, b.name))
        .map((account) => ({ account, depth, children: grow(account.id, depth + 1, new Set([...above, account.id])) }));
    return grow(root, 1, new Set([root]));
}

/** The tree as lines from above to below. */
export const lines = (nodes) => nodes.flatMap((node) => [node, ...lines(node.children)]);
