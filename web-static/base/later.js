// Parts of a page that are not needed for its first sight, and what happens when one of them cannot be loaded.
import { t } from "./i18n.js";
import { toast } from "./toast.js";

/**
 * A part that is loaded when it is wanted: `const desk = later(() => import("./desk.js"))`.
 *
 * `desk.use(work)` calls `work(module)` as soon as it is there. When it cannot be loaded the person is told, with "Try
 * again", and it is tried anew when the network is back; of several uses that wait only the last is done, so that
 * pressing twice does not open two dialogs. `desk.ahead()` loads it before anybody asks, without a word; resolves to
 * whether it is there. `desk.module` is the module, or null.
 */
export function later(load) {
    let loading = null;
    let waiting = null;
    let note = null;

    const attempt = () => {
        loading ??= load().then((module) => { part.module = module; }).finally(() => { loading = null; });
        return loading;
    };
    const settle = async () => {
        try {
            if (part.module === null) await attempt();
        } catch {
            note?.close();
            note = toast(t("part.failed"), { kind: "bad", ms: 0, action: { label: t("action.retry"), run: settle } });
            addEventListener("online", settle, { once: true });
            return;
        }
        note?.close();
        note = null;
        const work = waiting;
        waiting = null;
        await work?.(part.module);
    };
    const part = {
        module: null,
        use(work = waiting) {
            waiting = work;
            return settle();
        },
        ahead: () => (part.module !== null ? Promise.resolve(true) : attempt().then(() => true, () => false)),
    };
    return part;
}

/** Calls `work` when the page has nothing better to do, within `most` milliseconds. */
export function whenIdle(work, most = 2_000) {
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => work(), { timeout: most });
    else setTimeout(work, 200);
}
