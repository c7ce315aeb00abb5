// Erasing a person in two steps: asked for, then confirmed within the hour, with what it does said plainly.

import { ApiError, get, getAll, post } from "../base/api.js";
import { fill, h, keepFocus, uuid } from "../base/dom.js";
import { follow, progressBar, progressPath } from "../base/follow.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { dateTime, t, time } from "../base/i18n.js";
import { problem, state } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";
import { CONFIRM_MS, standing } from "./erasure-state.js";
import { learn, nameOf } from "./names.js";

const SIGNS = { waiting: "warn", expired: "", running: "accent", completed: "good", failed: "bad" };
const DOES = ["out", "gone", "stays", "copies"];

/** The list: `{ element, ask(user), stop() }`; `ask` prepares the erasure of somebody. */
export function erasureList(account) {
    const path = `/api/v1/accounts/${account.id}/erasures`;
    const element = h("div", { "aria-busy": "true" }, h("div.skeleton.line.w60"));
    const said = h("p.visually-hidden", { role: "status" });
    const runs = new Map();
    const shares = new Map();
    let erasures = [];

    async function load() {
        try {
            erasures = await getAll(path, { limit: 1, query: { per_page: 20 } });
            keepFocus(element, draw);
            for (const one of erasures) watch(one);
            // Whoever is erased keeps no name.
            await learn(erasures.flatMap((one) => (one.workflow_state === "completed" ? [one.requested_by] : [one.user_id, one.requested_by])));
            keepFocus(element, draw);
        } catch (error) {
            fill(element, problem(error, load));
        }
        element.removeAttribute("aria-busy");
    }

    function watch(erasure) {
        if (standing(erasure, Date.now()) !== "running" || runs.has(erasure.id)) return;
        const run = follow({
            first: erasure, isOver: (one) => standing(one, Date.now()) !== "running",
            read: async () => {
                const at = progressPath(erasure.progress_url);
                if (at) shares.set(erasure.id, (await get(at, { retries: 0 })).completion);
                return get(`${path}/${erasure.id}`, { retries: 0 });
            },
            show: (now) => {
                erasures = erasures.map((one) => (one.id === now.id ? now : one));
                keepFocus(element, draw);
            },
        });
        runs.set(erasure.id, run);
        run.ended.then((end) => {
            runs.delete(erasure.id);
            if (end) said.textContent = t(`erasures.said_${standing(end, Date.now())}`);
        });
    }

    function draw() {
        fill(element, said, erasures.length === 0 ? state({ sign: "user-x", title: t("erasures.none"), text: t("erasures.none_text") })
            : h("ul.run-list", { role: "list", "aria-label": t("erasures.title") }, erasures.map(line)));
    }

    function line(erasure) {
        const now = standing(erasure, Date.now());
        const name = erasure.workflow_state === "completed" ? t("erasures.somebody", { id: String(erasure.user_id) }) : nameOf(erasure.user_id);
        const words = {
            waiting: () => t("erasures.until", { time: time(Date.parse(erasure.created_at) + CONFIRM_MS) }), expired: () => t("erasures.expired"),
            running: () => [progressBar(shares.get(erasure.id) ?? 0, t("erasures.progress")), h("span", t("erasures.running"))],
            completed: () => t("erasures.completed", { time: dateTime(erasure.ended_at) }), failed: () => t("erasures.failed"),
        };
        const again = { waiting: ["erasures.confirm", () => confirm(erasure, name)], failed: ["erasures.go_on", () => confirm(erasure, name)], expired: ["erasures.again", () => ask({ id: erasure.user_id, name })] }[now];
        return h("li.run-line", icon(now === "completed" ? "check" : now === "failed" ? "alert" : "user-x"),
            h("div.grow", h("p", name, " ", h("span.badge", { class: SIGNS[now] }, t(`erasures.state_${now}`))),
                h("div.small.muted.run-words", words[now]()), h("p.tiny.faint", t("erasures.asked", { name: nameOf(erasure.requested_by), time: dateTime(erasure.created_at) }))),
            again && h("button.button.small", { type: "button", class: now === "expired" ? "" : "danger", "aria-label": t(`${again[0]}_of`, { name }), dataset: { key: `go-${erasure.id}` }, onclick: again[1] }, t(again[0])));
    }

    /** The first step: nothing is erased by it. */
    async function ask(user) {
        try {
            const erasure = await post(path, { user_id: user.id }, { key: uuid() });
            await load();
            await confirm(erasure, user.name);
        } catch (error) {
            toast(error.code === "is_admin" ? t("erasures.is_admin", { name: user.name }) : explain(error), { kind: "bad" });
        }
    }

    /** The second: with what it does, and the name typed once more. */
    async function confirm(erasure, name) {
        const done = await formDialog({
            title: t("erasures.sure", { name }), submit: t("erasures.erase"), danger: true,
            intro: [h("span", t("erasures.sure_text")), h("ul.hint-list", DOES.map((one) => h("li", t(`erasures.does_${one}`))))],
            fields: [{ name: "name", label: t("erasures.type", { name }), required: true, autofocus: true }],
            run: async ({ name: typed }) => {
                if (typed.toLocaleLowerCase() !== name.toLocaleLowerCase()) throw new ApiError({ status: 400, code: "name_differs", message: t("erasures.differs"), errors: [{ field: "name", message: t("erasures.differs") }] });
                return post(`${path}/${erasure.id}/confirm`, {}, { key: uuid() });
            },
        });
        if (done) toast(t("erasures.begun", { name }));
        await load();
    }

    load();
    return { element, ask, stop: () => { for (const run of runs.values()) run.stop(); } };
}
