import assert from "node:assert/strict";
import test from "node:test";
import english from "../../../web-static/admin/lang/en/audit.js";
import german from "../../../web-static/admin/lang/de/audit.js";
import { KINDS, people, sentence } from "../../../web-static/admin/audit-words.js";

const event = (kind, actor_id, user_id, details = {}) => ({ kind, actor_id, user_id, details });

test("who does something to themselves has another sentence than who does it to somebody", () => {
    assert.equal(sentence(event("token.created", 4, 4)).key, "audit.kind.token.created.self");
    assert.equal(sentence(event("token.created", 1, 4)).key, "audit.kind.token.created");
    assert.equal(sentence(event("oidc.removed", null, null)).key, "audit.kind.oidc.removed");
});

test("a kind that is new to us is still a line", () => assert.equal(sentence(event("moon.landed", 1, 2)).key, "audit.kind.other"));

test("every kind has a name and both sentences, in both languages", () => {
    for (const words of [english, german]) {
        for (const kind of KINDS) for (const key of [`audit.name.${kind}`, `audit.kind.${kind}`, `audit.kind.${kind}.self`]) assert.ok(words[key], key);
    }
    assert.deepEqual(Object.keys(german), Object.keys(english));
});

test("names are asked for once, those of parents too", () => {
    assert.deepEqual(people([event("parent.linked", 1, 4, { parent_id: 3 }), event("sign_out", 4, 4), event("institution.activated", null, null)]), [1, 4, 3]);
});
