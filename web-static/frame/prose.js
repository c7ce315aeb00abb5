// Text that people wrote, as the server has cleaned it: put into the page without ever running.

import { add, h } from "../base/dom.js";

/**
 * An element with the server's sanitised HTML.
 *
 * It is parsed apart from the page, where nothing runs or loads, and its styles are set as the page's policy allows. Wide
 * tables get a frame that scrolls.
 */
export function prose(html, { cls = "" } = {}) {
    const parsed = new DOMParser().parseFromString(html ?? "", "text/html").body;
    const styles = [];
    for (const element of parsed.querySelectorAll("[style]")) {
        styles.push([element, element.getAttribute("style")]);
        element.removeAttribute("style");
    }
    const box = add(h("div.prose", { class: cls }), [...parsed.childNodes].map((node) => document.adoptNode(node)));
    for (const [element, text] of styles) element.style.cssText = text;
    for (const table of box.querySelectorAll("table")) {
        const frame = h("div.table-scroll", { tabindex: "0" });
        table.before(frame);
        frame.append(table);
    }
    for (const image of box.querySelectorAll("img")) image.loading = "lazy";
    for (const link of box.querySelectorAll('a[target="_blank"]')) link.rel = "noopener noreferrer";
    return box;
}

/** What HTML says, in one line of at most `length` characters. */
export function excerpt(html, length = 160) {
    const parsed = new DOMParser().parseFromString(html ?? "", "text/html").body;
    for (const block of parsed.querySelectorAll("p, div, li, h1, h2, h3, h4, br, td")) block.append(" ");
    const text = parsed.textContent.replace(/\s+/g, " ").trim();
    return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
