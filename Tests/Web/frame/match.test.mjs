import assert from "node:assert/strict";
import test from "node:test";

import { best, codePointRanges, match, pieces } from "../../../web-static/frame/match.js";

test("beginnings of words fit better than their insides, and these better than letters in order", () => {
    const names = ["Linear Algebra", "Nonlinear systems", "Large inner ears"];
    assert.deepEqual(best(names, "line", (name) => name).map(({ item }) => item), names);
    assert.equal(match("Linear Algebra", "zoo"), null);
    assert.equal(match("Linear Algebra, and what it is good for", "lgr"), null);
    assert.deepEqual(match("Modules", "mdl").ranges, [[0, 1], [2, 1], [4, 1]]);
});

test("all words must be there, in any order; marks on letters do not matter", () => {
    assert.deepEqual(match("Linear Algebra", "alg lin").ranges, [[0, 3], [7, 3]]);
    assert.equal(match("Linear Algebra", "alg bio"), null);
    assert.deepEqual(match("Zoë Čapek", "zoe capek").ranges, [[0, 3], [4, 5]]);
    assert.deepEqual(match("anything", "  "), { score: 0, ranges: [] });
});

test("a text is cut where it is marked, and wrong places are left out", () => {
    assert.deepEqual(pieces("eigenvalue", [[0, 5]]), [{ text: "eigen", marked: true }, { text: "value", marked: false }]);
    assert.deepEqual(pieces("abc", [[2, 9], [1, 0]]), [{ text: "abc", marked: false }]);
    assert.deepEqual(pieces("abcd", [[0, 2], [1, 2]]), [{ text: "abc", marked: true }, { text: "d", marked: false }]);
    assert.deepEqual(pieces("", [[0, 1]]), []);
});

test("places in code points become places in UTF-16", () => {
    assert.deepEqual(codePointRanges("😀 peat 😀", [{ start: 2, length: 4 }]), [[3, 4]]);
    assert.deepEqual(codePointRanges("😀", [{ start: 0, length: 1 }]), [[0, 2]]);
    assert.deepEqual(codePointRanges("ab", [{ start: 1, length: 5 }]), []);
});
