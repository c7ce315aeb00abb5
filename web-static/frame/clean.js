// What of a pasted text is kept: its structure, not its looks. The server cleans what is sent once more.

const KEPT = new Set(["A", "B", "BLOCKQUOTE", "BR", "CODE", "DD", "DEL", "DL", "DT", "EM", "H2", "H3", "H4", "HR", "I", "IMG", "LI", "OL", "P",
    "PRE", "S", "STRONG", "SUB", "SUP", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "U", "UL"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "HEAD", "META", "LINK", "TITLE"]);
const RENAMED = { H1: "h2", H5: "h4", H6: "h4", STRIKE: "s" };

/** Whether a link may lead there. */
export const mayLink = (address) => /^(?:https?:\/\/|mailto:|tel:|\/(?!\/)|#)/i.test(address.trim());

/** Writes what is in `root` (a parsed document's body) with the kept elements alone, as HTML. */
export function cleaned(root) {
    const escape = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
    const write = (node) => {
        if (node.nodeType === 3) return escape(node.data);
        if (node.nodeType !== 1 || DROPPED.has(node.nodeName.toUpperCase())) return "";
        const inside = [...node.childNodes].map(write).join("");
        const name = RENAMED[node.nodeName] ?? (KEPT.has(node.nodeName) ? node.nodeName.toLowerCase() : null);
        if (!name) return node.nodeName === "DIV" && inside.trim() !== "" ? `<p>${inside}</p>` : inside;
        if (name === "br" || name === "hr") return `<${name}>`;
        if (name === "img") {
            const source = node.getAttribute("src") ?? "";
            return /^\/(?!\/)/.test(source) ? `<img src="${escape(source)}" alt="${escape(node.getAttribute("alt") ?? "")}">` : "";
        }
        if (name === "a") {
            const address = node.getAttribute("href") ?? "";
            return mayLink(address) ? `<a href="${escape(address)}">${inside}</a>` : inside;
        }
        const spans = name === "td" || name === "th"
            ? ["colspan", "rowspan"].filter((one) => /^\d{1,2}$/.test(node.getAttribute(one) ?? "")).map((one) => ` ${one}="${node.getAttribute(one)}"`).join("") : "";
        return `<${name}${spans}>${inside}</${name}>`;
    };
    return [...root.childNodes].map(write).join("");
}
