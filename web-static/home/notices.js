// What the institution tells everybody: above the courses, until it is put away.

import { del, getAll } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { toastError, undoable } from "../base/toast.js";
import { prose } from "../frame/prose.js";

const PATH = "/api/v1/accounts/self/users/self/account_notifications";
const SIGNS = { warning: "alert", information: "info", question: "info", error: "alert", calendar: "calendar" };
const KINDS = { warning: "warn", error: "bad", information: "accent" };

/** Fills `place` with the notices of `me`'s institution; without any, or when they cannot be read, it stays empty. */
export async function showNotices(place, me) {
    let notices = await getAll(PATH, { limit: 1 });

    function draw() {
        fill(place, notices.length > 0 && h("section.notices", { "aria-label": t("home.notices", { name: me.institution.name }) }, notices.map((notice) =>
            h("article.notice.notice-line", { class: KINDS[notice.icon] ?? "", "aria-label": notice.subject }, icon(SIGNS[notice.icon] ?? "info"),
                h("div.grow", h("h2", notice.subject), prose(notice.message)),
                h("button.button.ghost.icon.small", { type: "button", "aria-label": t("home.dismiss", { name: notice.subject }), onclick: () => dismiss(notice) }, icon("x"))))));
    }

    function dismiss(notice) {
        const before = notices;
        const at = notices.indexOf(notice);
        notices = notices.filter((one) => one !== notice);
        draw();
        (place.querySelectorAll("button")[Math.min(at, notices.length - 1)] ?? document.getElementById("main")).focus();
        const back = () => {
            notices = before.filter((one) => one === notice || notices.includes(one));
            draw();
        };
        undoable(t("home.dismissed", { name: notice.subject }), {
            undo: back,
            commit: () => del(`${PATH}/${notice.id}`).catch((error) => { if (error.status !== 404) { back(); toastError(error); } }),
        });
    }

    draw();
}
