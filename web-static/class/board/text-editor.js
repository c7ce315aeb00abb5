// Writing on the board: a field over the canvas, as large as the text will be.
import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { fontSize, LINE, round } from "./geometry.js";
import { fontOf, paintOf, textSize } from "./paint.js";

const MOST = 2_000;

/**
 * Edits a text at a place of the board; calls `done(fields | null)` once: `{x, y, w, h, text}`, or null for nothing.
 */
export class TextEditor {
    #viewport;
    #field;
    #place;
    #style;
    #done;
    #stop;

    constructor(host, viewport, { x, y, text = "", color, size }, done) {
        this.#viewport = viewport;
        this.#place = { x, y };
        this.#style = { color, size };
        this.#done = done;
        this.#field = h("textarea.board-text", {
            "aria-label": t("board.text_label"), rows: 1, maxlength: MOST, spellcheck: "true", ".value": text, wrap: "off",
            oninput: () => this.#fit(), onblur: () => this.finish(),
            onkeydown: (event) => {
                event.stopPropagation();
                if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
                    event.preventDefault();
                    this.finish();
                }
            },
        });
        host.append(this.#field);
        this.#stop = viewport.on("changed", () => this.#fit());
        this.#fit();
        this.#field.focus();
    }

    /** Ends the editing with what is written. */
    finish() {
        const field = this.#field;
        if (!field) return;
        this.#field = null;
        this.#stop();
        const text = field.value.replace(/\s+$/, "");
        field.remove();
        const { x, y } = this.#place;
        this.#done(text === "" ? null : { x: round(x), y: round(y), ...textSize(text, this.#style.size), text });
    }

    #fit() {
        const { x, y } = this.#place;
        const { color, size } = this.#style;
        const { scale } = this.#viewport;
        const [left, top] = this.#viewport.toScreen(x, y);
        const { w, h: height } = textSize(this.#field.value || " ", size);
        Object.assign(this.#field.style, {
            left: `${left}px`, top: `${top}px`, width: `${(w + fontSize(size)) * scale}px`, height: `${height * scale}px`,
            font: fontOf(size), fontSize: `${fontSize(size) * scale}px`, lineHeight: String(LINE), color: paintOf(color),
        });
    }
}
