// A simple editor for texts: formatting by buttons and keys, HTML by hand for those who want it, a draft that survives.

import { fill, h, roving } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, t } from "../base/i18n.js";
import { cleaned, mayLink } from "./clean.js";
import { field, openForm, refusal, textInput } from "./form.js";
import { prose } from "./prose.js";

const BLOCKS = ["p", "h2", "h3", "blockquote", "pre"];
const DRAFT_MS = 400;

/**
 * An editor: `{ element, value, empty, dirty, focus(), settled() }`. `label` names it, `value` is HTML as the server gave it,
 * `draft` a name under which what is typed is kept on this device until `settled()` is called; `small` leaves out headings.
 */
export function richEditor({ label, value = "", draft = null, small = false }) {
    let last = value;
    let raw = false;
    const text = h("div.editor-text.prose", {
        contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-label": label, tabindex: "0", spellcheck: "true",
    });
    const source = h("textarea.editor-source", { "aria-label": `${label} (HTML)`, spellcheck: "false", hidden: true });
    const put = (html) => {
        fill(text, [...prose(html).childNodes]);
        source.value = html ?? "";
    };
    const read = () => {
        const html = raw ? source.value : text.innerHTML.replace(/&nbsp;/g, " ").trim();
        return /^(?:<(?:p|div)>)?(?:<br>)?(?:<\/(?:p|div)>)?$/.test(html) ? "" : html;
    };
    put(value);

    const run = (command, argument = null) => {
        text.focus();
        document.execCommand("styleWithCSS", false, "false");
        document.execCommand(command, false, argument);
        mark();
        keep();
    };
    const button = (name, content, work, pressed = null) => h("button.button.ghost.small.editor-button", {
        type: "button", "aria-label": t(`editor.${name}`), title: t(`editor.${name}`), "aria-pressed": pressed ? "false" : null, dataset: { state: pressed ?? "" },
        onmousedown: (event) => event.preventDefault(), onclick: work,
    }, content);
    const style = h("select.select.editor-style", { "aria-label": t("editor.style"), onchange: () => run("formatBlock", style.value) },
        BLOCKS.filter((name) => !small || !["h2", "h3"].includes(name)).map((name) => h("option", { value: name }, t(`editor.${name}`))));
    const html = h("button.button.ghost.small.editor-html", { type: "button", "aria-pressed": "false", onclick: () => {
        const now = read();
        raw = !raw;
        put(now);
        text.hidden = raw;
        source.hidden = !raw;
        html.setAttribute("aria-pressed", String(raw));
        for (const item of bar.querySelectorAll("button, select")) if (item !== html) item.disabled = raw;
        (raw ? source : text).focus();
    } }, t("editor.html"));
    const bar = h("div.editor-bar", { role: "toolbar", "aria-label": t("editor.toolbar") },
        style,
        button("bold", h("b", "B"), () => run("bold"), "bold"),
        button("italic", h("i", "I"), () => run("italic"), "italic"),
        button("bullets", icon("list", { size: 16 }), () => run("insertUnorderedList"), "insertUnorderedList"),
        button("numbers", h("span.num", "1."), () => run("insertOrderedList"), "insertOrderedList"),
        button("link", icon("link", { size: 16 }), () => link()),
        h("span.grow"), html);
    roving(bar, () => [...bar.querySelectorAll("button:not(:disabled)")], { axis: "x" });

    const mark = () => {
        for (const item of bar.querySelectorAll("[data-state]")) {
            if (item.dataset.state) item.setAttribute("aria-pressed", String(document.queryCommandState(item.dataset.state)));
        }
        const block = document.queryCommandValue("formatBlock").toLowerCase();
        style.value = [...style.options].some((option) => option.value === block) ? block : "p";
    };
    const link = async () => {
        const selection = getSelection();
        const range = selection.rangeCount && text.contains(selection.anchorNode) ? selection.getRangeAt(0).cloneRange() : null;
        const inside = selection.anchorNode?.parentElement?.closest?.("a");
        const address = textInput(inside?.getAttribute("href") ?? "https://", { maxlength: "2000", inputmode: "url", autofocus: true });
        const answer = await openForm({ title: t("editor.link"), submit: t("action.save"), fields: { address }, body: field(t("editor.link_to"), address),
            send: async () => {
                if (address.value.trim() !== "" && !mayLink(address.value)) throw refusal("address", t("editor.link_wrong"));
                return { address: address.value.trim() };
            } });
        text.focus();
        if (range) {
            selection.removeAllRanges();
            selection.addRange(range);
        }
        if (!answer) return;
        if (answer.address === "") run("unlink");
        else if (selection.isCollapsed && !inside) run("insertHTML", Object.assign(document.createElement("a"), { href: answer.address, textContent: answer.address }).outerHTML);
        else run("createLink", answer.address);
    };

    // --- What is typed survives a lost page -------------------------------------------------------------------
    const key = draft && `cohort.draft.${draft}`;
    const note = h("div.editor-note", { role: "status" });
    let timer = 0;
    const write = () => {
        timer = 0;
        try {
            if (read() === last) localStorage.removeItem(key);
            else localStorage.setItem(key, JSON.stringify({ at: Date.now(), html: read() }));
        } catch {
            // Full or forbidden: then only this page keeps it.
        }
    };
    const keep = () => {
        if (!key) return;
        clearTimeout(timer);
        timer = setTimeout(write, DRAFT_MS);
    };
    addEventListener("pagehide", () => { if (timer) write(); });
    const forget = () => {
        clearTimeout(timer);
        timer = 0;
        try {
            if (key) localStorage.removeItem(key);
        } catch {
            // Nothing was kept, then.
        }
    };
    try {
        const kept = key && JSON.parse(localStorage.getItem(key) ?? "null");
        if (kept && kept.html !== value) {
            put(kept.html);
            fill(note, h("span.grow", t("editor.draft", { when: dateTime(kept.at) })), h("button.button.ghost.small", { type: "button", onclick: () => {
                put(value);
                forget();
                fill(note);
                text.focus();
            } }, t("editor.draft_drop")));
        }
    } catch {
        forget();
    }

    text.addEventListener("input", keep);
    source.addEventListener("input", keep);
    text.addEventListener("keyup", mark);
    text.addEventListener("pointerup", mark);
    text.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));
    text.addEventListener("keydown", (event) => {
        if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
        if (event.key.toLowerCase() === "k") {
            event.preventDefault();
            event.stopPropagation();
            link();
        }
    });
    text.addEventListener("paste", (event) => {
        const pasted = event.clipboardData?.getData("text/html");
        if (!pasted) return;
        event.preventDefault();
        document.execCommand("insertHTML", false, cleaned(new DOMParser().parseFromString(pasted, "text/html").body));
    });
    text.addEventListener("drop", (event) => event.preventDefault());

    return {
        element: h("div.editor", { class: small ? "small" : "" }, bar, text, source, note),
        get value() { return read(); },
        get empty() { return read() === ""; },
        get dirty() { return read() !== last; },
        set value(html) { last = html; put(html); },
        focus: () => (raw ? source : text).focus(),
        /** What was typed is on the server: the draft goes. */
        settled: () => { last = read(); forget(); },
    };
}
