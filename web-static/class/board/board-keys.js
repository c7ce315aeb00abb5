// The keys of those who may draw: tools by number, undo, and everything that a pointer can do to a selection.
import { register } from "../../base/keys.js";
import { t } from "../../base/i18n.js";
import { around, painted } from "./geometry.js";
import { moveSelection } from "./gestures.js";
import { extent, grown } from "./resize.js";
import { describe } from "./spoken.js";
import { TOOLS } from "./toolbar.js";
import { STEPS } from "./view.js";

/** Registers the board's shortcuts with the page and listens on its surface. */
export function registerBoardKeys(board) {
    const group = t("board.keys");
    const draw = () => board.offsetParent !== null && board.mayDraw;
    TOOLS.forEach((tool, index) => register({
        key: String(index + 1), group, label: t(`board.tool.${tool.id}`), run: () => board.choose({ tool: tool.id }), when: draw,
    }));
    const keys = [["Ctrl+z", "board.undo", () => board.undo()], ["Ctrl+Shift+z", "board.redo", () => board.redo()], ["Ctrl+y", "board.redo", () => board.redo(), true]];
    for (const [key, label, run, hidden] of keys) register({ key, group, label: t(label), run, when: draw, hidden });
    // The ink's window is the ninth place of the bar.
    register({ key: "9", group, label: t("board.ink"), run: () => board.toolbar.querySelector("[aria-haspopup=dialog]").click(), when: draw });
    // What the surface itself listens to, for the list of shortcuts.
    for (const [key, label] of [["Tab", "board.key_select"], ["Ctrl+a", "board.key_all"], ["ArrowRight", "board.key_move"], ["Alt+ArrowRight", "board.key_resize"], ["Delete", "board.delete"]]) {
        register({ key, group, label: t(label), run() {}, when: () => false });
    }
    listen(board);
}

function listen(board) {
    board.surface.addEventListener("keydown", (event) => {
        const step = STEPS[event.key];
        const { selection } = board;
        if ((event.ctrlKey || event.metaKey) && event.key === "a" && board.mayDraw) {
            event.preventDefault();
            selectAll(board);
            return;
        }
        if (event.ctrlKey || event.metaKey || (event.altKey && !(step && selection.ids.size > 0))) return;
        if (step && event.altKey) {
            const size = event.shiftKey ? 1 : 8;
            resizeSelection(board, step[0] * size, step[1] * size);
        } else if (step && selection.ids.size > 0) {
            const size = event.shiftKey ? 1 : 8;
            moveSelection(board, step[0] * size, step[1] * size);
        } else if (event.key === "Tab" && board.mayDraw && (board.style.tool === "select" || selection.ids.size > 0)) {
            if (!selectNext(board, event.shiftKey ? -1 : 1)) return;
        } else if ((event.key === "Delete" || event.key === "Backspace") && selection.ids.size > 0) {
            board.removeSelection();
        } else if (event.key === "Enter" && selection.elements[0]?.kind === "text" && board.mayDraw) {
            const [element] = selection.elements;
            board.write({ x: element.x, y: element.y, element });
        } else if (event.key === "Enter" && board.style.tool === "text" && board.mayDraw) {
            const { x, y, w, h } = board.viewport.box;
            board.write({ x: x + w / 3, y: y + h / 3 });
        } else if (event.key === "Enter" && ["line", "rect", "ellipse"].includes(board.style.tool) && board.mayDraw) {
            placeShape(board);
        } else if (event.key === "Escape" && (selection.ids.size > 0 || board.pointers.gesture)) {
            board.pointers.cancel();
            selection.set([]);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    });
}

// Puts a shape into the middle of the view, selected, to be moved by the arrow keys.
function placeShape(board) {
    const { tool: kind, color, size, fill } = board.style;
    const { x, y, w, h } = board.viewport.box;
    const [left, top] = [Math.round(x + w / 2 - 80), Math.round(y + h / 2 - 50)];
    const id = board.model.newId();
    const place = kind === "line" ? { points: [left, top + 50, left + 160, top + 50] } : { x: left, y: top, w: 160, h: 100 };
    board.apply([{ op: "add", element: { id, kind, color, size, ...place, ...(fill && kind !== "line" ? { fill: color } : {}) } }]);
    board.choose({ tool: "select" });
    board.selection.set([id]);
    board.say(t("board.placed", { what: t(`board.kind.${kind}`) }));
}

// Selects the next (or previous) element; false at the end, so that Tab may leave.
function selectNext(board, step) {
    const { model, selection } = board;
    const elements = model.elements.filter((element) => model.mayChange(element));
    const [current] = selection.ids;
    const at = elements.findIndex(({ id }) => id === current);
    const next = elements[at < 0 ? (step > 0 ? 0 : elements.length - 1) : at + step];
    if (!next) {
        selection.set([]);
        return false;
    }
    selection.set([next.id]);
    board.viewport.reveal(painted(next));
    board.say(t("board.selected", { what: describe(next, board.nameOf(next.author)), at: elements.indexOf(next) + 1, n: elements.length }));
    return true;
}

// Selects everything that this person may change.
function selectAll(board) {
    const ids = board.model.elements.filter((element) => board.model.mayChange(element)).map(({ id }) => id);
    board.choose({ tool: "select" });
    board.selection.set(ids);
    board.say(t("board.selected_all", { n: ids.length }));
}

// Makes what is selected wider or higher, in units.
function resizeSelection(board, dx, dy) {
    const { selection } = board;
    if (!board.mayDraw) return;
    board.apply(grown(selection.elements, dx, dy));
    const box = around(selection.elements);
    if (!box) return;
    board.viewport.reveal(box);
    const { w, h } = extent(selection.elements);
    board.say(t("board.sized", { w: Math.round(w), h: Math.round(h) }));
}
