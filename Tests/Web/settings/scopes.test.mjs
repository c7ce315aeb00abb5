import assert from "node:assert/strict";
import test from "node:test";
import english from "../../../web-static/settings/lang/en.js";
import german from "../../../web-static/settings/lang/de.js";
import { groups, reading, standing, typed } from "../../../web-static/settings/scopes.js";

const scope = (verb, path, resource) => ({ scope: `url:${verb}|${path}`, verb, path, resource, resource_name: resource });
const ALL = [scope("GET", "/api/v1/courses", "courses"), scope("PUT", "/api/v1/courses/:id", "courses"), scope("GET", "/api/v1/live_classes/:id", "live_classes")];

test("scopes stand by area, and every word of the search must be there", () => {
    assert.deepEqual(groups(ALL).map(({ name, scopes }) => [name, scopes.length]), [["courses", 2], ["live_classes", 1]]);
    assert.deepEqual(groups(ALL, "PUT courses").map(({ scopes }) => scopes.map((one) => one.verb)), [["PUT"]]);
    assert.deepEqual(groups(ALL, "live classes").map(({ name }) => name), ["live_classes"]);
    assert.deepEqual(groups(ALL, "nothing"), []);
});

test("those that read are those that GET", () => {
    assert.deepEqual(reading(ALL), ["url:GET|/api/v1/courses", "url:GET|/api/v1/live_classes/:id"]);
});

test("typed scopes are told apart by lines, spaces and commas, each once", () => {
    assert.deepEqual(typed(" a\nb, a  c\n"), ["a", "b", "c"]);
    assert.deepEqual(typed("  "), []);
});

test("a token's end is near a week before", () => {
    const now = Date.parse("2026-11-20T00:00:00Z");
    assert.equal(standing(null, now), "endless");
    assert.equal(standing("2026-11-20T00:00:00Z", now), "expired");
    assert.equal(standing("2026-11-26T23:59:00Z", now), "soon");
    assert.equal(standing("2026-11-28T00:00:00Z", now), "good");
});

test("both languages have all words", () => assert.deepEqual(Object.keys(german), Object.keys(english)));
