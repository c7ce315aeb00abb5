// One message of the chat as an element that lives as long as the message does, and its text with its links: http and
// https only, everything else stays text.
import { fill, h } from "../../base/dom.js";
import { t, time, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { attachMenu } from "../../base/menu.js";
import { avatar } from "../../base/shell.js";

/** Messages of one author within this time (ms) stand under one heading. */
const TOGETHER = 60_000;

/** Whether `message` goes on under the heading of `before`. */
export function continues(before, message) {
    return before !== undefined && before.by.id === message.by.id && !message.reply_to
        && Math.floor(before.at / TOGETHER) === Math.floor(message.at / TOGETHER);
}

/**
 * The row of a recorded message. `actions(message)` gives menu items; `quoted(id)` the message replied to.
 * Returns the element; call `update(row, …)` after an edit.
 */
export function messageRow(message, options) {
    const row = h("div.message", { dataset: { id: message.id } });
    // Without hovering a tap shows the menu's button; links and buttons keep their own meaning.
    row.addEventListener("click", (event) => {
        if (event.pointerType !== "touch" || event.target.closest("a, button, [role=menu]")) return;
        row.parentElement.querySelector(".is-touched")?.classList.remove("is-touched");
        row.classList.add("is-touched");
    });
    update(row, message, options);
    return row;
}

/** Redraws what may change: the text, the quote, the marks. The element stays the same. */
export function update(row, message, { me, actions, quoted, pinned, jump }) {
    const own = message.by.id === me.id;
    row.classList.toggle("is-own", own);
    row.classList.toggle("is-staff", message.by.role === "instructor");
    const quote = message.reply_to ? quoted(message.reply_to) : null;
    const button = h("button.button.ghost.icon.small.message-menu", { type: "button", "aria-label": t("chat.actions", { name: message.by.name }) }, icon("dots", { size: 16 }));
    const items = actions(message);
    if (items.length > 0) attachMenu(button, () => actions(message));
    fill(row,
        h("div.message-head", avatar(message.by.name), h("span.message-author", message.by.name),
            message.by.role === "instructor" && h("span.badge.accent", t("role.instructor")),
            h("time.message-time", { datetime: new Date(message.at).toISOString(), title: timeSeconds(message.at) }, time(message.at))),
        message.reply_to && h("button.message-quote", { type: "button", onclick: () => jump(message.reply_to) },
            icon("reply", { size: 14 }), h("span.truncate", quote ? `${quote.by.name}: ${quote.text}` : t("chat.quote_gone"))),
        h("div.message-line", h("p.message-text", { dir: "auto" }, rich(message.text)),
            message.edited_at && h("span.message-mark", t("chat.edited")),
            pinned && h("span.message-mark", { title: t("chat.pinned") }, icon("pin", { size: 12, label: t("chat.pinned") }))),
        items.length > 0 && button);
}

/** The row of an own message on its way, or not recorded. */
export function pendingRow(entry, { reason, retry, drop, offline }) {
    const failed = entry.state === "refused" || entry.state === "failed";
    return h("div.message.is-own.is-pending", { class: failed ? "is-failed" : "", dataset: { key: entry.key } },
        h("div.message-line", h("p.message-text", { dir: "auto" }, rich(entry.data.text))),
        failed
            ? h("div.message-problem", icon("alert", { size: 14 }), h("span", t("chat.not_sent", { reason })),
                h("button.button.small", { type: "button", onclick: retry }, t("action.retry")),
                h("button.button.small.ghost", { type: "button", onclick: drop }, t("chat.discard")))
            : h("span.message-mark", icon("clock", { size: 12 }), t(offline ? "chat.queued" : entry.reason ? "chat.later" : "chat.sending")));
}

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** `[{text}|{text, href}]` for a message; closing brackets and punctuation after an address do not belong to it. */
function parts(text) {
    const result = [];
    let at = 0;
    for (const match of text.matchAll(LINK)) {
        let address = match[0].replace(/[.,;:!?…]+$/, "");
        while (/[)\]]$/.test(address) && count(address, address.at(-1)) > count(address, address.at(-1) === ")" ? "(" : "[")) {
            address = address.slice(0, -1);
        }
        if (!valid(address)) continue;
        if (match.index > at) result.push({ text: text.slice(at, match.index) });
        result.push({ text: address, href: address });
        at = match.index + address.length;
    }
    if (at < text.length) result.push({ text: text.slice(at) });
    return result;
}

/** The same as nodes. */
function rich(text) {
    return parts(text).map(({ text: piece, href }) => (href
        ? h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, piece)
        : document.createTextNode(piece)));
}

function count(text, sign) {
    return text.split(sign).length - 1;
}

function valid(address) {
    try {
        const { protocol, hostname } = new URL(address);
        return (protocol === "http:" || protocol === "https:") && hostname !== "";
    } catch {
        return false;
    }
}
