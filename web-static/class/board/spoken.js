// The board in words: a list of its elements for screen readers, kept up quietly.
import { h } from "../../base/dom.js";
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
    #items = new Map();
    #more = h("li");

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
            this.#tellHidden(this.#model.size - elements.length);
            this.#renew(elements);
        }, 500);
    }

    #tellHidden(count) {
        if (count === 0) this.#more.remove();
        else if (!this.#more.isConnected) this.#list.prepend(this.#more);
        const text = count > 0 ? t("board.spoken_more", { n: count }) : "";
        if (this.#more.textContent !== text) this.#more.textContent = text;
    }

    // What is still there keeps its item: only what came, went or changed is touched.
    #renew(elements) {
        const before = this.#items;
        this.#items = new Map(elements.map(({ id }) => [id, before.get(id) ?? { item: h("li") }]));
        for (const [id, { item }] of before) if (!this.#items.has(id)) item.remove();
        let next = this.#more.isConnected ? this.#more.nextElementSibling : this.#list.firstElementChild;
        for (const element of elements) {
            const entry = this.#items.get(element.id);
            if (entry.element !== element) {
                entry.element = element;
                const text = describe(element, this.#nameOf(element.author));
                if (entry.item.textContent !== text) entry.item.textContent = text;
            }
            if (entry.item === next) next = next.nextElementSibling;
            else this.#list.insertBefore(entry.item, next);
        }
    }
}
