// <side-panel>: chat, people and quiz beside the stage; resizable, and a sheet from below on phones.
import { h, roving } from "../../base/dom.js";
import { register } from "../../base/keys.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";

const WIDTH = "cohort.panel.width";
const NARROW = matchMedia("(max-width: 760px)");
const [LEAST, USUAL, MOST] = [280, 360, 640];

/** The panel; `start(tabs)` with `[{id, label, element}]`. Event `shown` (detail: tab id) when a tab comes to sight. */
export class SidePanel extends HTMLElement {
    #tabs = new Map();
    #current = "chat";

    start(tabs) {
        this.className = "side-panel";
        this.handle = h("div.panel-handle", {
            role: "separator", tabindex: 0, "aria-orientation": "vertical", "aria-label": t("panel.resize"),
            "aria-valuemin": LEAST, "aria-valuemax": MOST,
            onpointerdown: (event) => this.#drag(event), onkeydown: (event) => this.#key(event), ondblclick: () => this.#resize(USUAL),
        });
        this.bar = h("div.tabs.panel-tabs", { role: "tablist", "aria-label": t("panel.label") });
        this.bodies = h("div.panel-bodies");
        for (const { id, label, element } of tabs) this.#add(id, label, element);
        this.fold = h("button.button.ghost.icon.small.panel-fold", { type: "button", "aria-label": t("panel.close"), onclick: () => this.close() }, icon("chevron-down"));
        this.append(this.handle, h("div.panel-head", this.bar, this.fold), this.bodies);
        this.#order = roving(this.bar, () => [...this.bar.children], { axis: "x", onmove: (tab) => this.show(tab.dataset.tab) });
        tabs.forEach(({ id, label }, index) => register({
            key: `Alt+${index + 1}`, label: t("panel.show", { tab: label }), inFields: true, run: () => this.show(id, { focus: true }),
        }));
        this.#take(Math.max(LEAST, Math.min(MOST, Number(remembered()) || USUAL)));
        this.open = !NARROW.matches;
        NARROW.addEventListener("change", () => { this.open = !NARROW.matches; });
        this.show(this.#current);
    }

    #order = () => {};

    /** Whether it is to be seen (on phones it may be folded away). */
    get open() {
        return this.dataset.open === "true";
    }

    set open(value) {
        this.dataset.open = String(value);
        this.#announce();
    }

    /** Whether the panel is a sheet from below. */
    get narrow() {
        return NARROW.matches;
    }

    /** Whether this tab is in sight now. */
    shows(id) {
        return this.open && this.#current === id;
    }

    /** Shows a tab; on phones the sheet comes up when asked for by a person. */
    show(id, { focus = false, unfold = false } = {}) {
        this.#current = id;
        for (const [name, { tab, body }] of this.#tabs) {
            tab.setAttribute("aria-selected", String(name === id));
            body.hidden = name !== id;
        }
        this.#order();
        if (focus || unfold) this.open = true;
        if (focus) this.#focusIn(this.#tabs.get(id).body);
        this.#announce();
    }

    /** Folds the sheet away. */
    close() {
        this.open = false;
    }

    /** Puts a number (or a dot for `true`) on a tab; 0 takes it away. `label` says what it counts. */
    badge(id, value, label = "") {
        const { badge } = this.#tabs.get(id);
        badge.hidden = !value;
        badge.classList.toggle("is-dot", value === true);
        badge.textContent = value === true ? "" : String(value > 99 ? "99+" : value);
        badge.setAttribute("aria-label", label);
        badge.setAttribute("role", "img");
    }

    // The field that one would write in, else the first thing that takes the focus.
    #focusIn(body) {
        const seen = (element) => element.offsetParent !== null && !element.disabled;
        const places = [...body.querySelectorAll("textarea, input"), ...body.querySelectorAll("button, summary, [tabindex='0']")];
        places.find(seen)?.focus();
    }

    #add(id, label, element) {
        const badge = h("span.badge.solid", { hidden: true });
        const tab = h("button.tab", {
            type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, dataset: { tab: id },
            onclick: () => this.show(id, { unfold: true }),
        }, label, badge);
        const body = h("div.panel-body", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` }, element);
        this.#tabs.set(id, { tab, body, badge });
        this.bar.append(tab);
        this.bodies.append(body);
    }

    #announce() {
        this.dispatchEvent(new CustomEvent("shown", { detail: this.open ? this.#current : null }));
    }

    #drag(event) {
        if (event.button !== 0) return;
        event.preventDefault();
        this.handle.setPointerCapture(event.pointerId);
        const start = { x: event.clientX, width: this.getBoundingClientRect().width };
        const sign = getComputedStyle(this).direction === "rtl" ? 1 : -1;
        const move = (next) => this.#resize(start.width + sign * (next.clientX - start.x));
        this.handle.addEventListener("pointermove", move);
        this.handle.addEventListener("lostpointercapture", () => this.handle.removeEventListener("pointermove", move), { once: true });
    }

    #key(event) {
        const sign = getComputedStyle(this).direction === "rtl" ? -1 : 1;
        const step = { ArrowLeft: 24 * sign, ArrowRight: -24 * sign, Home: -1_000, End: 1_000 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        this.#resize(this.getBoundingClientRect().width + step);
    }

    #resize(width) {
        const room = Math.max(LEAST, Math.min(MOST, innerWidth - 480));
        const value = Math.round(Math.max(LEAST, Math.min(room, width)));
        this.#take(value);
        try {
            localStorage.setItem(WIDTH, String(value));
        } catch {
            // The width then lasts as long as the page.
        }
    }

    // The style sheet keeps it from being wider than the window allows: asking for the window's width would lay out
    // the page once more while it is built.
    #take(value) {
        this.style.setProperty("--panel-width", `${value}px`);
        this.handle.setAttribute("aria-valuenow", String(value));
    }
}

function remembered() {
    try {
        return localStorage.getItem(WIDTH);
    } catch {
        return null;
    }
}

customElements.define("side-panel", SidePanel);
