// What a node's card says, decided from what the server tells of the nodes. Nothing here touches the page.

/** A node that was not heard for so long may be gone. */
const DOUBT_MS = 1500;

/**
 * By name; ids tell apart what is equal. Whichever node answers, the order is the same. A node that starts anew takes the
 * place of its former life, which goes to the end, so that no other card moves.
 */
export function sorted(nodes, compareNames) {
    const alive = (node) => node.state === "alive";
    const fresh = new Set(nodes.filter((node) => alive(node) && node.last_heard_ms < DOUBT_MS).map((node) => node.name));
    const former = (node) => (fresh.has(node.name) && !(alive(node) && node.last_heard_ms < DOUBT_MS) ? 1 : 0);
    return [...nodes].sort((a, b) => former(a) - former(b) || compareNames(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Whether new sessions go to it. */
export const takesSessions = (node) => node.state === "alive" && !node.draining && node.aside.length === 0;

/**
 * What a node is, in a word: "silent" and "stopped" are not there any more; "draining" is about to stop; "deaf",
 * "operator" and "aside" (for reasons that a newer server knows) send their sessions elsewhere; else "serving".
 */
export function standing(node) {
    if (node.state !== "alive") return node.state === "stopped" ? "stopped" : "silent";
    if (node.draining) return "draining";
    if (node.aside.length === 0) return "serving";
    return ["deaf", "operator"].find((reason) => node.aside.includes(reason)) ?? "aside";
}

/**
 * What an operator may do with a node: `{ aside, blocked }`, where `aside` is what pressing asks for, and `blocked` why
 * it cannot be pressed: "last" (no other takes sessions), "already" (it takes none anyway) or `null`. `null` when there
 * is nothing to do: it is gone or going, or there is no other node that could take sessions.
 */
export function control(node, nodes) {
    if (node.state !== "alive" || node.draining || node.hears === null) return null;
    if (node.aside.includes("operator")) return { aside: false, blocked: null };
    if (node.aside.length > 0) return { aside: true, blocked: "already" };
    const others = nodes.some((other) => other.id !== node.id && takesSessions(other));
    return { aside: true, blocked: others ? null : "last" };
}
