// Text with its links: http and https only, everything else stays text.
import { h } from "../../base/dom.js";

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** `[{text}|{text, href}]` for a message; closing brackets and punctuation after an address do not belong to it. */
export function parts(text) {
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
export function rich(text) {
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
