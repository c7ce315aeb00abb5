// The board's keys: tools by number, zoom, undo, and everything that a pointer can do to a selection.
import { register } from "../../base/keys.js";
import { t } from "../../base/i18n.js";
import { TOOLS } from "./toolbar.js";

/** Registers the board's shortcuts with the page and listens on its surface. */
export function registerBoardKeys(board) {
    const group = t("board.keys");
    const shown = () => board.offsetParent !== null;
    const draw = () => shown() && board.mayDraw;
    TOOLS.forEach((tool, index) => register({
        key: String(index + 1), group, label: t(`board.tool.${tool.id}`), run: () => board.choose({ tool: tool.id }), when: draw,
    }));
    const keys = [
        ["Ctrl+z", "board.undo", () => board.undo(), draw],
        ["Ctrl+Shift+z", "board.redo", () => board.redo(), draw],
        ["Ctrl+y", "board.redo", () => board.redo(), draw, true],
        ["+", "board.zoom_in", () => board.viewport.zoom(1.25), shown],
        ["=", "board.zoom_in", () => board.viewport.zoom(1.25), shown, true],
        ["-", "board.zoom_out", () => board.viewport.zoom(1 / 1.25), shown],
        ["0", "board.fit", () => board.fit(), shown],
    ];
    // The ink's window is the ninth place of the bar.
    register({ key: "9", group, label: t("board.ink"), run: () => board.toolbar.querySelector("[aria-haspopup=dialog]").click(), when: draw });
    for (const [key, label, run, when, hidden] of keys) register({ key, group, label: t(label), run, when, hidden });
    // What the surface itself listens to, for the list of shortcuts.
    for (const [key, label] of [["Tab", "board.key_select"], ["Ctrl+a", "board.key_all"], ["ArrowRight", "board.key_move"], ["Alt+ArrowRight", "board.key_resize"], ["Delete", "board.delete"]]) {
        register({ key, group, label: t(label), run() {}, when: () => false });
    }
    listen(board);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listen(board) {
    board.surface.addEventListener("keydown", (event) => {
        if (event.key === " ") {
            event.preventDefault();
            board.pointers.spaceHeld = true;
            board.surface.dataset.panning = "true";
            return;
        }
        const step = STEPS[event.key];
        const { selection } = board;
        if ((event.ctrlKey || event.metaKey) && event.key === "a" && board.mayDraw) {
            event.preventDefault();
            board.selectAll();
            return;
        }
        if (event.ctrlKey || event.metaKey || (event.altKey && !(step && selection.ids.size > 0))) return;
        if (step && event.altKey) {
            const size = event.shiftKey ? 1 : 8;
            board.resizeSelection(step[0] * size, step[1] * size);
        } else if (step && selection.ids.size > 0) {
            const size = event.shiftKey ? 1 : 8;
            board.moveSelection(step[0] * size, step[1] * size);
        } else if (step) {
            board.viewport.pan(-step[0] * 60, -step[1] * 60);
        } else if (event.key === "Tab" && board.mayDraw && (board.style.tool === "select" || selection.ids.size > 0)) {
            if (!board.selectNext(event.shiftKey ? -1 : 1)) return;
        } else if ((event.key === "Delete" || event.key === "Backspace") && selection.ids.size > 0) {
            board.removeSelection();
        } else if (event.key === "Enter" && selection.elements[0]?.kind === "text" && board.mayDraw) {
            const [element] = selection.elements;
            board.write({ x: element.x, y: element.y, element });
        } else if (event.key === "Enter" && board.style.tool === "text" && board.mayDraw) {
            const { x, y, w, h } = board.viewport.box;
            board.write({ x: x + w / 3, y: y + h / 3 });
        } else if (event.key === "Enter" && ["line", "rect", "ellipse"].includes(board.style.tool) && board.mayDraw) {
            board.placeShape();
        } else if (event.key === "Escape" && (selection.ids.size > 0 || board.pointers.gesture)) {
            board.pointers.cancel();
            selection.set([]);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    });
    // A press takes the focus for the keys; only keys show where it is.
    board.surface.addEventListener("pointerdown", () => { board.surface.dataset.pressed = "true"; });
    for (const type of ["keydown", "blur"]) board.surface.addEventListener(type, () => { delete board.surface.dataset.pressed; });
    const released = (event) => {
        if (event.type === "keyup" && event.key !== " ") return;
        board.pointers.spaceHeld = false;
        board.surface.dataset.panning = "false";
    };
    board.surface.addEventListener("keyup", released);
    board.surface.addEventListener("blur", released);
}
