import assert from "node:assert/strict";
import test from "node:test";
import { columnOf, ownRoles, roleChoice, roleFields } from "../../../web-static/people/roles.js";

test("a role of the institution's own is chosen by its id and its base", () => {
    const own = ownRoles([{ id: 1, workflow_state: "built_in", base_role_type: "TeacherEnrollment" }, { id: 101, workflow_state: "active", base_role_type: "TaEnrollment" },
        { id: 102, workflow_state: "inactive", base_role_type: "TaEnrollment" }]);
    assert.deepEqual(own.map((role) => role.id), [101]);
    assert.deepEqual(roleFields("101:TaEnrollment"), { type: "TaEnrollment", role_id: 101 });
    assert.deepEqual(roleFields("ta"), { type: "TaEnrollment" });
    assert.equal(roleChoice({ type: "TaEnrollment", role_id: 101 }, own), "101:TaEnrollment");
    assert.equal(roleChoice({ type: "TaEnrollment", role_id: 4 }, own), "ta");
});

test("a file's names stand in the column that says so, else in the first", () => {
    assert.deepEqual(columnOf("\ufeffname;login_id\r\nAda;ada@x.example\r\n\r\n"), ["ada@x.example"]);
    assert.deepEqual(columnOf('user_id,login_id\n"S-1",ada\nS-2,\n', true), ["S-1", "S-2"]);
    assert.deepEqual(columnOf("user_id,login_id\nS-1,ada\nS-2,\n"), ["ada"]);
    assert.deepEqual(columnOf("ada\ngrace\n"), ["ada", "grace"]);
    assert.deepEqual(columnOf(""), []);
});
