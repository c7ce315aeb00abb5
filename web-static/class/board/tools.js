// What those who may draw have: the bar of tools and its keys, which gesture a press begins, how a selection looks.
import { registerBoardKeys } from "./board-keys.js";
import { around, grow, painted } from "./geometry.js";
import { DrawGesture, elementAt, EraseGesture, SelectGesture } from "./gestures.js";
import { paint, paintOf } from "./paint.js";
import { cursorOf, handleAt, handles, HANDLES, ResizeGesture } from "./resize.js";
import { drawToolbar } from "./toolbar.js";

export { elementAt };

/** Puts the tools beside a board; returns what shows how they stand. */
export function equip(board) {
    registerBoardKeys(board);
    return drawToolbar(board.toolbar, board);
}

/** The gesture that a press with a tool begins on a board. */
export function gestureOf(board, tool, pointer, { shift }) {
    if (tool === "eraser") return new EraseGesture(board, pointer);
    if (tool === "text") return writing(board, pointer);
    if (tool !== "select") return new DrawGesture(board, tool, pointer);
    const sides = grip(board, pointer);
    board.selection.type = pointer.type;
    return sides ? new ResizeGesture(board, pointer, sides) : new SelectGesture(board, pointer, { shift });
}

/** The look of a pointer that hovers over a board; "" for the tool's own. */
export function cursorAt(board, pointer) {
    const sides = board.style.tool === "select" && board.mayDraw ? grip(board, pointer) : null;
    return sides ? cursorOf(sides) : "";
}

/** Paints what is being changed of a selection, the frame and its handles; marks the box that it is painted in. */
export function paintSelection(context, selection, scale, mark) {
    const elements = selection.preview ?? selection.elements;
    if (elements.length === 0) return;
    const [dx, dy] = selection.shift;
    const moves = dx !== 0 || dy !== 0;
    const box = around(elements);
    const look = HANDLES[selection.type] ?? HANDLES.mouse;
    mark(grow({ ...box, x: box.x + dx, y: box.y + dy }, (HANDLES.touch.out + HANDLES.touch.side) / scale));
    context.save();
    context.translate(dx, dy);
    if (selection.preview || moves) for (const element of elements) paint(context, element);
    context.strokeStyle = paintOf("--accent-text");
    context.lineWidth = 1.5 / scale;
    for (const element of elements.length > 1 ? elements : []) {
        const { x, y, w, h } = painted(element);
        context.globalAlpha = 0.35;
        context.strokeRect(x, y, w, h);
    }
    context.globalAlpha = 1;
    context.setLineDash([5 / scale, 4 / scale]);
    const { x, y, w, h } = grow(box, look.out / scale);
    context.strokeRect(x, y, w, h);
    context.setLineDash([]);
    if (!moves) paintHandles(context, handles(box, scale, selection.type), look.side / scale, scale);
    context.restore();
}

function paintHandles(context, places, side, scale) {
    context.fillStyle = paintOf("--surface");
    for (const { x, y } of places) {
        context.beginPath();
        context.roundRect(x - side / 2, y - side / 2, side, side, 2 / scale);
        context.fill();
        context.stroke();
    }
}

// The sides of the selection's handle under a pointer, or null.
function grip({ selection, viewport }, { x, y, type }) {
    const box = around(selection.elements);
    return box && handleAt(box, x, y, viewport.scale, type);
}

// A text is no gesture: its field opens once the press is over.
function writing(board, { x, y, type }) {
    const element = elementAt(board, x, y, type);
    const place = element?.kind === "text" ? { x: element.x, y: element.y, element } : { x, y: y - 8 };
    return { move() {}, paint() {}, cancel() {}, end: () => board.write(place) };
}
