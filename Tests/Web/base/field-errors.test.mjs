import assert from "node:assert/strict";
import test from "node:test";
import { fieldNamed, wordsFor } from "../../../web-static/base/field-errors.js";

test("a refusal finds its field by the whole name, as a path, and by the last part", () => {
    assert.equal(fieldNamed(["name", "email"], "user.email"), "email");
    assert.equal(fieldNamed(["name", "email"], "user[email]"), "email");
    assert.equal(fieldNamed(["user.name", "pseudonym.unique_id"], "pseudonym.unique_id"), "pseudonym.unique_id");
    assert.equal(fieldNamed(["user.name", "pseudonym.unique_id"], "unique_id"), "pseudonym.unique_id");
    assert.equal(fieldNamed(["name"], "issuer"), null);
    assert.equal(fieldNamed(["name"], null), null);
});

test("what the server says often has words of ours, and the rest is said without the field's technical name", () => {
    assert.deepEqual(wordsFor({ code: "invalid", message: 'field "user.name" is empty' }), { key: "form.empty" });
    assert.deepEqual(wordsFor({ code: "invalid", message: 'field "token.expires_at" must be in the future' }), { key: "form.future" });
    assert.deepEqual(wordsFor({ code: "duplicate", message: "A user of this institution signs in with this login." }), { key: "form.taken" });
    assert.deepEqual(wordsFor({ code: "invalid", message: 'field "issuer" must be a URL' }), { text: "Must be a URL." });
    assert.deepEqual(wordsFor({ code: "invalid_code", message: "The code is not right." }), { text: "The code is not right." });
});
