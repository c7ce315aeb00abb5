// Notices are kept as markup and written as plain text: paragraphs, lines, addresses. No element is touched here.

const escape = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
const plain = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);
const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]/g;

/** A text as markup: blank lines part paragraphs, addresses become links. */
export const toMarkup = (text) => text.trim().split(/\n\s*\n/).filter(Boolean).map((paragraph) => {
    let [html, from] = ["", 0];
    for (const found of paragraph.matchAll(ADDRESS)) {
        html += `${escape(paragraph.slice(from, found.index))}<a href="${escape(found[0])}">${escape(found[0])}</a>`;
        from = found.index + found[0].length;
    }
    return `<p>${(html + escape(paragraph.slice(from))).replace(/\n/g, "<br>")}</p>`;
}).join("");

/** Markup as the text that it was made of, or null when it says more than such a text can: then it is edited as markup. */
export function toText(html) {
    const text = html.replace(/<a href="([^"]*)"[^>]*>\1<\/a>/g, "$1").replace(/<br\s*\/?>/g, "\n").replace(/<\/p>\s*<p>/g, "\n\n").replace(/^\s*<p>|<\/p>\s*$/g, "");
    return /<[a-z/!]/i.test(text) ? null : plain(text);
}

/** "planned", "shown" or "over" at `now`. */
export function phase(notice, now) {
    if (Date.parse(notice.start_at) > now) return "planned";
    return Date.parse(notice.end_at) <= now ? "over" : "shown";
}
