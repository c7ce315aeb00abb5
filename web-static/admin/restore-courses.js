// Bringing back courses that were deleted: by their numbers or addresses, all in one go, with its progress.

import { ApiError, get, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { follow, isSettled, progressBar } from "../base/follow.js";
import { formDialog } from "../base/form.js";
import { t } from "../base/i18n.js";
import { toast } from "../base/toast.js";
import { courseIds } from "./course-ids.js";

/** Opens the dialog; resolves to whether all came back. */
export async function restoreCourses(account) {
    const bar = h("div", { role: "status" });
    const refuse = (text) => { throw new ApiError({ status: 400, code: "refused", message: text, errors: [{ field: "courses", message: text }] }); };
    const done = await formDialog({
        title: t("courses.restore_deleted"), intro: t("courses.restore_text"), submit: t("courses.restore"),
        fields: [{ name: "courses", label: t("courses.which"), kind: "area", rows: 3, required: true, autofocus: true, hint: t("courses.which_hint"), placeholder: "12\nhttps://…/courses/13" }, { element: bar }],
        run: async ({ courses }) => {
            const ids = courseIds(courses);
            if (ids === null) refuse(t("courses.which_wrong"));
            const run = follow({
                first: await put(`/api/v1/accounts/${account.id}/courses`, { event: "undelete", course_ids: ids }), isOver: isSettled,
                read: (progress) => get(`/api/v1/progress/${progress.id}`, { retries: 0 }),
                show: (progress) => fill(bar, progressBar(progress.completion, t("courses.restoring"))),
            });
            const end = await run.ended;
            fill(bar);
            if (end.workflow_state === "failed") refuse(end.message ?? t("courses.not_restored"));
            const { updated, errors } = end.results;
            if (updated > 0) toast(t("courses.restored_n", { n: updated }));
            if (errors.length > 0) refuse(errors.slice(0, 5).map((error) => `${error.course_id}: ${error.message}`).join(" "));
        },
    });
    return Boolean(done);
}
