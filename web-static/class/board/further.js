// What the board has besides showing itself: the tools, others in motion, the small map, words for readers, keys.
import { registerBoardKeys } from "./board-keys.js";
import { Minimap } from "./minimap.js";
import { Others } from "./others.js";
import { SpokenList } from "./spoken.js";
import { drawToolbar } from "./toolbar.js";

/** Completes a board that was started: its `others` and `refreshTools`. */
export function complete(board, room) {
    new SpokenList(board.list, board.model, (id) => board.nameOf(id)).refresh();
    new Minimap(board.map, board.model, board.viewport).refresh();
    registerBoardKeys(board);
    return { others: new Others(room.me, () => board.layers.refreshLive()), refreshTools: drawToolbar(board.toolbar, board, room) };
}
