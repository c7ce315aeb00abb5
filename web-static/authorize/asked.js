// What an app asks for, in words: areas that it reads and areas that it changes, out of its scopes.

/** The area of a scope such as `url:GET|/api/v1/courses/:id/users`: the last word of its path that is no place for an id. */
function area(path) {
    const words = path.split("/").filter((part) => part !== "" && !part.startsWith(":") && part !== "api" && part !== "v1" && part !== "self");
    return (words.at(-1) ?? path).replaceAll("_", " ");
}

/**
 * Scopes as `{ reads, changes }`: areas, sorted, each once. `null` for everything; an area that is changed is not listed among those
 * that are read only.
 */
export function asked(scopes) {
    if (scopes === null) return null;
    const [reads, changes] = [new Set(), new Set()];
    for (const scope of scopes) {
        const [, verb, path] = /^url:([A-Z]+)\|(.+)$/.exec(scope) ?? [];
        if (path) (verb === "GET" ? reads : changes).add(area(path));
    }
    for (const one of changes) reads.delete(one);
    return { reads: [...reads].sort(), changes: [...changes].sort() };
}

/**
 * What the page was opened with: `{ query, fresh }`. An app's request stands in the address; after a sign-in, which could not carry
 * it along, it is the one that this tab kept.
 */
export const request = (search, kept) => (search.length > 1 ? { query: search.slice(1), fresh: true } : { query: kept ?? "", fresh: false });

/** A query without one of its names. */
export function without(query, name) {
    const params = new URLSearchParams(query);
    params.delete(name);
    return params.toString();
}
