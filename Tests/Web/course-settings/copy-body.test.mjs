import assert from "node:assert/strict";
import test from "node:test";
import { copyBody } from "../../../web-static/course-settings/copy-body.js";

const source = { id: 7, start_at: "2026-09-01T08:00:00Z" };

test("everything is copied, with dates moved by the days between both starts", () => {
    assert.deepEqual(copyBody({ source, modules: null, dates: "shift", begins: "2027-09-06" }), {
        migration_type: "course_copy_importer", settings: { source_course_id: 7 },
        date_shift_options: { shift_dates: true, old_start_date: "2026-09-01", new_start_date: "2027-09-06" },
    });
});

test("without both starts dates stay; they are left out on demand", () => {
    assert.ok(!("date_shift_options" in copyBody({ source, modules: null, dates: "shift", begins: "" })));
    assert.ok(!("date_shift_options" in copyBody({ source: { id: 7, start_at: null }, modules: null, dates: "shift", begins: "2027-09-06" })));
    assert.deepEqual(copyBody({ source, modules: null, dates: "remove", begins: "" }).date_shift_options, { remove_dates: true });
});

test("some modules alone are named", () => assert.deepEqual(copyBody({ source, modules: [3, 4], dates: "keep", begins: "" }).select, { modules: [3, 4] }));
