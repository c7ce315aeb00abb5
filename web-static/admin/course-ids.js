// Numbers of courses out of what somebody typed or pasted. No element is touched here.

/** Each id once, from numbers and from addresses with `/courses/12` in them; null when a word is neither, or there is none. */
export function courseIds(text) {
    const ids = new Set();
    for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
        const found = /^(\d{1,15})$/.exec(word) ?? /\/courses\/(\d{1,15})(?:[/?#]|$)/.exec(word);
        if (!found || Number(found[1]) === 0) return null;
        ids.add(Number(found[1]));
    }
    return ids.size > 0 ? [...ids] : null;
}
