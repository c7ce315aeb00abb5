// How well a name fits what somebody types, and which letters of it. No element is touched here.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/**
 * Whether `query`'s words are in `text`: as beginnings of words best, inside words, or letter by letter in their order.
 * Returns `{ score, ranges: [[start, length]] }` (in UTF-16 units of `text`, in order), or null.
 */
export function match(text, query) {
    // Letters with marks fold to one letter each only where the lengths agree; otherwise nothing is marked.
    const folded = plain(text);
    const exact = folded.length === text.length;
    const words = plain(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return { score: 0, ranges: [] };
    let score = 0;
    const ranges = [];
    for (const word of words) {
        const found = wordAt(folded, word);
        if (!found) return null;
        score += found.score;
        ranges.push(...found.ranges);
    }
    return { score: score - text.length / 1000, ranges: exact ? merged(ranges) : [] };
}

function wordAt(text, word) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return { score: at === 0 ? 12 : 10, ranges: [[at, word.length]] };
    }
    const inside = text.indexOf(word);
    if (inside >= 0) return { score: 5, ranges: [[inside, word.length]] };
    if (word.length < 2) return null;
    const ranges = [];
    let from = 0;
    for (const letter of word) {
        const at = text.indexOf(letter, from);
        if (at < 0) return null;
        ranges.push([at, letter.length]);
        from = at + letter.length;
    }
    // Letters that are strewn over the whole name are no fit.
    const span = ranges.at(-1)[0] - ranges[0][0] + 1;
    return span <= word.length * 3 ? { score: 2 - span / 100, ranges } : null;
}

function merged(ranges) {
    const result = [];
    for (const [start, length] of [...ranges].sort((a, b) => a[0] - b[0])) {
        const last = result.at(-1);
        if (last && start <= last[0] + last[1]) last[1] = Math.max(last[1], start + length - last[0]);
        else result.push([start, length]);
    }
    return result;
}

/** The best fits among `items`: `[{ item, ranges }]`, best first, at most `most`. `text(item)` is what is compared. */
export function best(items, query, text, most = 8) {
    return items
        .map((item, at) => ({ item, at, found: match(text(item), query) }))
        .filter(({ found }) => found)
        .sort((a, b) => b.found.score - a.found.score || a.at - b.at)
        .slice(0, most)
        .map(({ item, found }) => ({ item, ranges: found.ranges }));
}

/** `text` cut at `ranges`: `[{ text, marked }]`. Ranges outside of it are left out. */
export function pieces(text, ranges) {
    const result = [];
    let at = 0;
    for (const [start, length] of merged(ranges)) {
        if (start < at || length <= 0 || start + length > text.length) continue;
        if (start > at) result.push({ text: text.slice(at, start), marked: false });
        result.push({ text: text.slice(start, start + length), marked: true });
        at = start + length;
    }
    if (at < text.length) result.push({ text: text.slice(at), marked: false });
    return result;
}

/** Places given in code points, as the search does, as UTF-16 ranges of `text`. */
export function codePointRanges(text, places) {
    const starts = [];
    let at = 0;
    for (const sign of text) {
        starts.push(at);
        at += sign.length;
    }
    starts.push(at);
    return places
        .filter(({ start, length }) => start + length < starts.length)
        .map(({ start, length }) => [starts[start], starts[start + length] - starts[start]]);
}
