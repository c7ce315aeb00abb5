// Files that the server makes in the background: each with its progress, then its download, until it is removed.

import { del, get, getAll } from "../base/api.js";
import { follow, progressBar } from "../base/follow.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, bytes, date, dateTime, t } from "../base/i18n.js";
import { busy, problem, state } from "../base/shell.js";
import { explain, toastError } from "../base/toast.js";
import english from "./lang/en.js";
import { isFresh, standing } from "./standing.js";

await add({ en: english, de: () => import("./lang/de.js") });

const SIGNS = { open: "clock", ready: "check", gone: "x", failed: "alert", aborted: "x" };

/**
 * The runs at `path`, the newest first: `{ element, load(), begin(report), stop() }`.
 *
 * `begin` takes one that was just asked for and follows it. `me` is the id of who looks, `nameOf(id)` names somebody else.
 */
export function reportList({ path, label, me, nameOf = null, empty = null }) {
    const element = h("div", { "aria-busy": "true" }, h("div.skeleton.line.w60"));
    const said = h("p.visually-hidden", { role: "status" });
    const list = h("ul.run-list", { role: "list", "aria-label": label });
    const followed = new Map();
    let reports = [];
    let lost = null;

    async function load() {
        try {
            reports = await getAll(path, { limit: 1, query: { per_page: 20 } });
            lost = null;
            draw();
            for (const report of reports) watch(report);
        } catch (error) {
            fill(element, problem(error, load));
        }
        element.removeAttribute("aria-busy");
    }

    function watch(report) {
        if (standing(report) !== "open" || followed.has(report.id)) return;
        const run = follow({
            first: report, isOver: (one) => standing(one) !== "open", read: () => get(`${path}/${report.id}`, { retries: 0 }),
            show: (now, error) => {
                lost = error;
                reports = reports.map((one) => (one.id === now.id ? now : one));
                keepFocus(element, draw);
            },
        });
        followed.set(report.id, run);
        run.ended.then((end) => {
            followed.delete(report.id);
            if (end) said.textContent = t(`reports.said_${standing(end)}`);
        });
    }

    function begin(report) {
        reports = [report, ...reports.filter((one) => one.id !== report.id)];
        draw();
        watch(report);
    }

    function draw() {
        fill(list, reports.map(line));
        fill(element, said, lost && h("p.notice.warn", icon("wifi-off"), h("span", `${explain(lost)} ${t("reports.lost")}`)),
            reports.length > 0 ? list : state({ sign: "download", title: t("reports.none"), text: empty }));
    }

    function line(report) {
        const now = standing(report);
        const made = t("reports.of", { time: dateTime(report.created_at) });
        const own = report.user_id === me;
        const words = {
            open: () => [progressBar(report.progress, t("reports.progress")), h("span.num", t(report.status === "created" ? "reports.waiting" : "reports.running", { share: report.progress }))],
            ready: () => [bytes(report.attachment.size), " · ", t("reports.until", { day: date(report.attachment.expires_at) })],
            gone: () => t(own ? "reports.gone" : "reports.others", { name: nameOf?.(report.user_id) ?? "" }),
            failed: () => [t("reports.failed"), report.message && ` ${report.message}`],
            aborted: () => t("reports.aborted"),
        };
        return h("li.run-line", icon(SIGNS[now]),
            h("div.grow", h("p", made), h("div.small.muted.run-words", { class: now === "failed" ? "bad-text" : "" }, words[now]())),
            now === "ready" && h("a.button.small", { href: report.file_url, download: report.attachment.filename, "aria-label": t("reports.download_of", { name: made }), dataset: { key: `get-${report.id}` }, onclick: (event) => fetchFresh(event, report) },
                icon("download", { size: 16 }), t("reports.download")),
            (own || now !== "open") && removal(report, now, made));
    }

    function removal(report, now, made) {
        const label = t(now === "open" ? "reports.cancel_of" : "reports.remove_of", { name: made });
        const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": label, title: label, dataset: { key: `remove-${report.id}` }, onclick: () => busy(button, async () => {
            try {
                await del(`${path}/${report.id}`);
                followed.get(report.id)?.stop();
                followed.delete(report.id);
                await load();
                (list.querySelector("a, button") ?? element.closest("section")?.querySelector("button"))?.focus();
            } catch (error) {
                toastError(error);
            }
        }) }, icon(now === "open" ? "x" : "trash", { size: 16 }));
        return button;
    }

    // An address is good for a few minutes: a page that lay open longer asks for another one.
    async function fetchFresh(event, report) {
        if (isFresh(report.file_url, Date.now())) return;
        event.preventDefault();
        try {
            Object.assign(report, await get(`${path}/${report.id}`));
            location.assign(report.file_url);
        } catch (error) {
            toastError(error);
        }
    }

    return { element, load, begin, stop: () => { for (const run of followed.values()) run.stop(); } };
}
