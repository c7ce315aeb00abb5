// What a tab shows, kept in the address beside `tab`, so that it can be sent to somebody and comes back with "back".

const params = () => new URLSearchParams(location.search);

/** One value of the address, or "". */
export const read = (name) => params().get(name) ?? "";

/** Puts values into the address without a new step in the history; empty ones are left out. */
export function keep(values) {
    const all = params();
    for (const [name, value] of Object.entries(values)) {
        if (value) all.set(name, value);
        else all.delete(name);
    }
    history.replaceState(history.state, "", `${location.pathname}?${all}`);
}
