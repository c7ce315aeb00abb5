// One card per node: how it is, and a button that takes it out of rotation. Cards stay the same elements while the
// numbers in them change, so that nothing jumps and whoever uses the keyboard keeps their place.

import { put } from "../base/api.js";
import { fill, h, set, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { bytes, compareNames, list, number, percent, t, timeSeconds } from "../base/i18n.js";
import { toast, toastError } from "../base/toast.js";
import { duration, show } from "./amounts.js";
import { control, sorted, standing, takesSessions } from "./node-states.js";

/** A node that has not done within this time what it was asked for is given up. */
const LIMIT_MS = 15_000;
const SIGNS = {
    serving: ["good", "check"], draining: ["warn", "clock"], deaf: ["bad", "wifi-off"], operator: ["warn", "arrow-right"],
    aside: ["warn", "arrow-right"], silent: ["bad", "alert"], stopped: ["", "stop"],
};

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/** The section of nodes: `{ element, draw(nodes, at) }`. `changed()` is called when a node was asked for something. */
export function nodeSection(changed) {
    const cards = new Map();        // by node id
    const asked = new Map();        // node id → { aside, until }
    const known = new Map();        // node id → its standing when last drawn
    const count = h("span.small.faint");
    const title = h("h2.section-title", { id: "nodes-title", tabindex: "-1" }, t("ops.nodes"), " ", count);
    const said = h("p.visually-hidden", { role: "status" });
    const grid = h("div.nodes");
    const element = h("section", { "aria-labelledby": "nodes-title" }, title, grid, said);
    let now = { nodes: [], at: 0 };

    function build(id) {
        const heading = uid("node");
        const part = {
            name: h("h3.truncate", { id: heading }), badge: h("span.badge"), about: h("p.small.muted"), why: h("p.small.node-why"),
            loops: h("div.loops", { role: "img" }), connections: h("dd.num"), memory: h("dd.num"), files: h("dd.num"), broker: h("dd.num"),
            button: h("button.button.small", { type: "button", onclick: () => press(id) }),
        };
        const fact = (label, value) => h("div", h("dt", t(label)), value);
        part.foot = h("div.node-foot", part.button);
        part.card = h("article.card.node", { "aria-labelledby": heading, tabindex: "-1", dataset: { node: id } },
            h("div.node-head", icon("server"), part.name, part.badge), part.about, part.why, part.loops,
            h("dl.facts", fact("ops.connections", part.connections), fact("ops.memory", part.memory), fact("ops.descriptors", part.files), fact("ops.broker", part.broker)),
            part.foot);
        return part;
    }

    function drawLoops(part, loops) {
        set(part.loops, { "aria-label": t("ops.loops_spoken", { loads: list(loops.map((loop) => percent(loop.load ?? 0))) }) });
        if (part.loops.children.length !== loops.length) {
            fill(part.loops, loops.map((_, at) => h("div.loop", h("span.loop-bar", h("span")), h("span.tiny.num"), h("span.tiny.faint", t("ops.loop", { n: at })))));
        }
        for (const [at, { load = 0 }] of loops.entries()) {
            const [bar, text] = part.loops.children[at].children;
            bar.firstChild.className = load > 0.9 ? "bad" : load > 0.7 ? "warn" : "";
            set(bar.firstChild, { style: { "block-size": `${Math.max(2, Math.min(100, load * 100))}%` } });
            write(text, percent(load));
        }
    }

    function drawCard(part, node, state) {
        const since = timeSeconds(now.at - node.last_heard_ms);
        const [kind, sign] = SIGNS[state];
        const gone = state === "silent" || state === "stopped";
        write(part.name, node.name);
        part.name.title = node.name;
        const badge = t(`ops.node_${state}`, { time: since });
        if (part.badge.dataset.state !== state || part.badge.textContent !== badge) {
            part.badge.dataset.state = state;
            part.badge.className = `badge ${kind}`;
            fill(part.badge, icon(sign, { size: 14 }), badge);
        }
        part.card.classList.toggle("gone", gone);
        write(part.about, [gone ? t("ops.last_numbers") : t("ops.up", { time: duration(node.uptime_s ?? 0) }), node.version].filter(Boolean).join(" · "));
        write(part.why, state === "serving" || gone ? "" : t(`ops.why_${state}`));
        drawLoops(part, node.loops ?? []);
        write(part.connections, number(node.connections));
        write(part.memory, node.rss_bytes === null || node.rss_bytes === undefined ? "–" : bytes(node.rss_bytes));
        const share = node.descriptor_limit ? node.descriptors / node.descriptor_limit : null;
        part.files.classList.toggle("bad", share > 0.85);
        write(part.files, show(node.descriptors, { digits: 0 }) + (node.descriptor_limit ? ` / ${number(node.descriptor_limit)}` : "") + (share > 0.85 ? ` ${t("ops.near_limit")}` : ""));
        write(part.broker, node.broker_lag_ms === null || node.broker_lag_ms === undefined ? (node.hears === null ? t("ops.in_process") : "–") : show(node.broker_lag_ms, { unit: "ms" }));
    }

    function drawButton(part, node) {
        const can = control(node, now.nodes);
        const wait = asked.get(node.id);
        if (wait && (!can || node.aside.includes("operator") === wait.aside)) asked.delete(node.id);
        else if (wait && Date.now() > wait.until) {
            asked.delete(node.id);
            toast(t("ops.node_slow", { name: node.name }), { kind: "bad" });
        }
        const busy = asked.has(node.id);
        // Nobody is left on a button that goes away.
        if (!can && part.foot.contains(document.activeElement)) part.card.focus();
        part.foot.hidden = !can;
        if (!can) return;
        const text = t(busy ? (asked.get(node.id).aside ? "ops.sending" : "ops.taking") : can.aside ? "ops.send" : "ops.take");
        if (part.button.dataset.text !== text) {
            part.button.dataset.text = text;
            fill(part.button, icon(can.aside ? "arrow-right" : "undo", { size: 16 }), h("span", text));
        }
        // Stays focusable, so that the reason can be read.
        set(part.button, {
            "aria-disabled": busy || can.blocked ? "true" : null, title: can.blocked ? t(`ops.blocked_${can.blocked}`) : null,
            "aria-label": `${text}: ${node.name}`,
        });
        if (busy) part.button.dataset.busy = "true";
        else delete part.button.dataset.busy;
    }

    async function press(id) {
        const node = now.nodes.find((other) => other.id === id);
        const can = node && control(node, now.nodes);
        if (!can || asked.has(id)) return;
        if (can.blocked) {
            toast(t(`ops.blocked_${can.blocked}`));
            return;
        }
        const { confirm } = await import("../base/dialog.js");
        const words = can.aside ? "send" : "take";
        const sure = await confirm({
            title: t(`ops.${words}_title`, { name: node.name }), text: t(`ops.${words}_text`, { n: node.connections }), action: t(`ops.${words}`),
        });
        if (sure) await ask(id, can.aside);
    }

    async function ask(id, aside) {
        asked.set(id, { aside, until: Date.now() + LIMIT_MS });
        draw(now.nodes, now.at);
        try {
            await put(`/api/v1/ops/nodes/${id}`, { aside });
        } catch (error) {
            asked.delete(id);
            draw(now.nodes, now.at);
            if (error.code === "last_node") toast(t("ops.blocked_last"), { kind: "bad" });
            else toastError(error, () => ask(id, aside));
        }
        changed();
    }

    /** Says what has become of nodes, to those who do not see the badges. */
    function announce(nodes) {
        const news = [];
        for (const node of nodes) {
            const state = standing(node);
            if (known.size > 0 && known.get(node.id) !== state) {
                news.push(t("ops.node_is", { name: node.name, state: t(`ops.node_${state}`, { time: timeSeconds(now.at - node.last_heard_ms) }) }));
            }
        }
        known.clear();
        for (const node of nodes) known.set(node.id, standing(node));
        if (news.length > 0) said.textContent = news.join(" ");
    }

    function draw(nodes, at) {
        now = { nodes: sorted(nodes, compareNames), at };
        const alive = now.nodes.filter((node) => node.state === "alive");
        const taking = alive.filter(takesSessions);
        write(count, taking.length === alive.length ? t("ops.node_count", { n: alive.length }) : t("ops.node_count_taking", { n: alive.length, taking: taking.length }));
        const held = grid.contains(document.activeElement) ? document.activeElement : null;
        for (const [place, node] of now.nodes.entries()) {
            if (!cards.has(node.id)) cards.set(node.id, build(node.id));
            const part = cards.get(node.id);
            if (grid.children[place] !== part.card) grid.insertBefore(part.card, grid.children[place] ?? null);
            drawCard(part, node, standing(node));
            drawButton(part, node);
        }
        for (const [id, part] of cards) {
            if (now.nodes.some((node) => node.id === id)) continue;
            if (part.card.contains(document.activeElement)) title.focus();
            part.card.remove();
            cards.delete(id);
            asked.delete(id);
        }
        if (held?.isConnected && document.activeElement === document.body) held.focus({ preventScroll: true });
        element.hidden = now.nodes.length === 0;
        announce(now.nodes);
    }

    return { element, draw };
}
