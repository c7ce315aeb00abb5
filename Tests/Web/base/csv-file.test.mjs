import assert from "node:assert/strict";
import test from "node:test";
import { csvText, field } from "../../../web-static/base/csv-file.js";

test("commas, quotes and lines are quoted, and formulas are no formulas", () => {
    assert.equal(field('say "hi", now'), '"say ""hi"", now"');
    assert.equal(field("two\nlines"), '"two\nlines"');
    assert.equal(field("=1+1"), "'=1+1");
    assert.equal(field(-3), "-3");
    assert.equal(field(null), "");
});

test("a file begins with a byte order mark and ends its lines as spreadsheets want", () => {
    assert.equal(csvText([["a", "b"], [1, "c,d"]]), '\ufeffa,b\r\n1,"c,d"\r\n');
});
