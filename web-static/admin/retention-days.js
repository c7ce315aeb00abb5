// What the form of retention says, as the API takes it. No element is touched here.

/** `{ retention }` with whole days, null for the default; `{ wrong }` names the first that is out of its bounds. */
export function days(values, bounds) {
    const retention = {};
    for (const [kind, text] of Object.entries(values)) {
        const count = text === "" ? null : Number(text);
        if (count !== null && !(Number.isInteger(count) && count >= bounds[kind].min && count <= bounds[kind].max)) return { wrong: kind };
        retention[kind] = count;
    }
    return { retention };
}

/** Those that would be kept for less than before: what is older then goes for good. */
export const shortened = (before, wishes, defaults) => Object.keys(wishes).filter((kind) => (wishes[kind] ?? defaults[kind]) < before[kind]);
