import assert from "node:assert/strict";
import test from "node:test";
import { lines, tree } from "../../../web-static/admin/account-tree.js";

const account = (id, parent_account_id, name) => ({ id, parent_account_id, name });
const compare = (a, b) => a.localeCompare(b);

test("accounts stand below their parents, by name", () => {
    const found = lines(tree([account(4, 2, "Botany"), account(3, 1, "Arts"), account(2, 1, "Science"), account(5, 2, "Astronomy")], 1, compare));
    assert.deepEqual(found.map(({ account: { name }, depth }) => `${depth} ${name}`), ["1 Arts", "1 Science", "2 Astronomy", "2 Botany"]);
});

test("what hangs nowhere, or in a circle, does no harm", () => {
    assert.deepEqual(lines(tree([account(3, 9, "Lost")], 1, compare)), []);
    assert.deepEqual(lines(tree([account(2, 1, "A"), account(1, 2, "Root again")], 1, compare)).map(({ account: { id } }) => id), [2]);
});
