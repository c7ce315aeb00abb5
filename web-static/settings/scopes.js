// What a token may be limited to: finding scopes among hundreds, and reading those that somebody typed.

/** Scopes by resource, in their order: `[{ name, scopes }]`; those whose text or resource holds every word of `wish`. */
export function groups(scopes, wish = "") {
    const words = wish.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = new Map();
    for (const scope of scopes) {
        const text = `${scope.scope} ${scope.resource_name.replaceAll("_", " ")}`.toLocaleLowerCase();
        if (!words.every((word) => text.includes(word))) continue;
        if (!found.has(scope.resource_name)) found.set(scope.resource_name, []);
        found.get(scope.resource_name).push(scope);
    }
    return [...found].map(([name, list]) => ({ name, scopes: list }));
}

/** Those that only read. */
export const reading = (scopes) => scopes.filter((scope) => scope.verb === "GET").map((scope) => scope.scope);

/** Scopes out of a text, one per line or separated by spaces, each once. */
export const typed = (text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** When a token stands: "expired", "soon" (within a week), "good", or "endless". */
export function standing(expiresAt, now) {
    if (!expiresAt) return "endless";
    const left = Date.parse(expiresAt) - now;
    if (left <= 0) return "expired";
    return left < 7 * 86_400_000 ? "soon" : "good";
}
