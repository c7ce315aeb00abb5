// The board in words: a list of its elements for screen readers, kept up quietly.
import { fill, h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { COLORS } from "./paint.js";

/** More would make the list unusable; the newest ones are named, the rest counted. */
const MOST = 200;

/** What an element is, in words: "Rectangle, blue, by Ada". */
export function describe(element, authorName) {
    const color = element.color in COLORS ? t(`board.color.${element.color}`) : element.color;
    const text = element.kind === "text" ? t("board.spoken_text", { text: element.text, color }) : t("board.spoken", { kind: t(`board.kind.${element.kind}`), color });
    return authorName ? t("board.spoken_by", { what: text, name: authorName }) : text;
}

/** Keeps `list` (a `ul`) equal to the board, at most twice a second. */
export class SpokenList {
    #list;
    #model;
    #nameOf;
    #timer = 0;

    constructor(list, model, nameOf) {
        this.#list = list;
        this.#model = model;
        this.#nameOf = nameOf;
        model.on("reset", () => this.refresh());
        model.on("changed", () => this.refresh());
    }

    /** Rewrites the list soon. */
    refresh() {
        this.#timer ||= setTimeout(() => {
            this.#timer = 0;
            const elements = this.#model.elements.slice(-MOST);
            const hidden = this.#model.size - elements.length;
            fill(this.#list, hidden > 0 && h("li", t("board.spoken_more", { n: hidden })),
                elements.map((element) => h("li", describe(element, this.#nameOf(element.author)))));
        }, 500);
    }
}
