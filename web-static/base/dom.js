// Making elements. Data only ever becomes text nodes and attributes; nothing here parses HTML.

/**
 * Makes an element: `h("button.primary#save", { type: "button", onclick: save }, "Save")`.
 *
 * Props: `on…` functions listen; `class` adds; `style` is an object (set through the CSSOM, which the
 * policy allows); `dataset` is an object; `true` sets a bare attribute; `false`, `null` and `undefined`
 * leave it out; `.name` sets a property (`".value"`, `".indeterminate"`). Children may be nested lists;
 * `null`, `undefined`, `false` and `true` are skipped.
 */
export function h(selector, props, ...children) {
    const [, tag, rest] = /^([a-z0-9-]*)(.*)$/.exec(selector);
    const element = document.createElement(tag || "div");
    for (const part of rest.match(/[.#][^.#]+/g) || []) {
        if (part[0] === "#") element.id = part.slice(1);
        else element.classList.add(part.slice(1));
    }
    if (props === null || typeof props !== "object" || Array.isArray(props) || props instanceof Node) {
        if (props !== undefined && props !== null) children.unshift(props);
    } else {
        set(element, props);
    }
    add(element, children);
    return element;
}

/** Sets props on an element that exists; same rules as `h`. */
export function set(element, props) {
    for (const [name, value] of Object.entries(props)) {
        if (name === "class") {
            if (value) element.classList.add(...String(value).split(" ").filter(Boolean));
        } else if (name === "style") {
            for (const [property, text] of Object.entries(value)) {
                if (text === null || text === undefined) element.style.removeProperty(property);
                else element.style.setProperty(property, text);
            }
        } else if (name === "dataset") {
            Object.assign(element.dataset, value);
        } else if (name[0] === ".") {
            element[name.slice(1)] = value;
        } else if (name.startsWith("on")) {
            if (value) element.addEventListener(name.slice(2), value);
        } else if (value === true) {
            element.setAttribute(name, "");
        } else if (value === false || value === null || value === undefined) {
            element.removeAttribute(name);
        } else {
            element.setAttribute(name, String(value));
        }
    }
    return element;
}

/** Appends children (text, nodes, nested lists). */
export function add(element, ...children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false || child === true) continue;
        element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return element;
}

/** Replaces everything inside `element`. */
export function fill(element, ...children) {
    element.replaceChildren();
    return add(element, ...children);
}

const SVG = "http://www.w3.org/2000/svg";

/** Makes an SVG element: `s("path", { d })`. */
export function s(tag, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
    }
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== false) element.append(child);
    }
    return element;
}

/** The first match inside `root`. */
export const find = (selector, root = document) => root.querySelector(selector);

/** All matches inside `root`, as a list. */
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

let counter = 0;

/** An id unique in the page, for labels. */
export const uid = (prefix = "u") => `${prefix}-${++counter}`;

/** Calls `work` once, `ms` after the last call. */
export function debounce(work, ms) {
    let timer = 0;
    return (...values) => {
        clearTimeout(timer);
        timer = setTimeout(() => work(...values), ms);
    };
}

/**
 * Arrow keys move the focus among the elements that `items()` lists; only one of them is in the tab order.
 * `axis`: "x", "y" or "both". Home and End work. Returns a function that puts the tab order right after
 * the items changed.
 */
export function roving(container, items, { axis = "y", wrap = true, onmove = null } = {}) {
    const refresh = () => {
        const list = items();
        const current = list.find((item) => item === document.activeElement)
            ?? list.find((item) => item.getAttribute("aria-selected") === "true" || item.getAttribute("aria-checked") === "true")
            ?? list.find((item) => item.tabIndex === 0) ?? list[0];
        for (const item of list) item.tabIndex = item === current ? 0 : -1;
    };
    container.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const list = items();
        const at = list.indexOf(document.activeElement);
        if (at < 0) return;
        const rtl = getComputedStyle(container).direction === "rtl";
        const forward = axis === "y" ? ["ArrowDown"] : axis === "x" ? [rtl ? "ArrowLeft" : "ArrowRight"]
            : ["ArrowDown", rtl ? "ArrowLeft" : "ArrowRight"];
        const back = axis === "y" ? ["ArrowUp"] : axis === "x" ? [rtl ? "ArrowRight" : "ArrowLeft"]
            : ["ArrowUp", rtl ? "ArrowRight" : "ArrowLeft"];
        let to = at;
        if (forward.includes(event.key)) to = at + 1;
        else if (back.includes(event.key)) to = at - 1;
        else if (event.key === "Home") to = 0;
        else if (event.key === "End") to = list.length - 1;
        else return;
        event.preventDefault();
        to = wrap ? (to + list.length) % list.length : Math.max(0, Math.min(list.length - 1, to));
        for (const item of list) item.tabIndex = -1;
        list[to].tabIndex = 0;
        list[to].focus();
        onmove?.(list[to], to);
    });
    container.addEventListener("focusin", (event) => {
        const list = items();
        if (!list.includes(event.target)) return;
        for (const item of list) item.tabIndex = item === event.target ? 0 : -1;
    });
    refresh();
    return refresh;
}

/** A UUID for idempotency keys; works on plain http too, where `crypto.randomUUID` is missing. */
export function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * Draws again without losing the reader's place: the element in focus is found again by its `data-key`
 * and the scroll stays.
 */
export function keepFocus(container, draw) {
    const active = container.contains(document.activeElement) ? document.activeElement : null;
    const key = active?.dataset.key;
    const scrolls = [...container.querySelectorAll("[data-scroll]")].map((element) => [element.dataset.scroll, element.scrollTop, element.scrollLeft]);
    draw();
    for (const [name, top, left] of scrolls) {
        const element = container.querySelector(`[data-scroll="${name}"]`);
        if (element) [element.scrollTop, element.scrollLeft] = [top, left];
    }
    if (active && !active.isConnected && key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/**
 * Calls `work` every `ms` while the page is visible, and at once when it comes back into view; never twice
 * at a time. Returns `{ stop(), now() }`.
 */
export function poll(work, ms) {
    let timer = 0;
    let running = false;
    let stopped = false;
    const run = async () => {
        clearTimeout(timer);
        if (running || stopped) return;
        running = true;
        try {
            await work();
        } finally {
            running = false;
            if (!stopped && !document.hidden) timer = setTimeout(run, ms);
        }
    };
    const visible = () => {
        clearTimeout(timer);
        if (!document.hidden) run();
    };
    document.addEventListener("visibilitychange", visible);
    document.addEventListener("backonline", visible);
    timer = setTimeout(run, ms);
    return {
        now: run,
        stop: () => {
            stopped = true;
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", visible);
            document.removeEventListener("backonline", visible);
        },
    };
}
