// What the board has for everybody besides showing itself: others in motion, words for readers, the keys that move it,
// the menu, and the small map once there is more than the window shows.
import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { register } from "../../base/keys.js";
import { later } from "../../base/later.js";
import { attachMenu } from "../../base/menu.js";
import { contains } from "./geometry.js";
import { Others } from "./others.js";
import { SpokenList } from "./spoken.js";
import { STEPS } from "./view.js";

/** How far (px) an arrow key moves the board. */
const STEP = 60;

/** Whether the map is needed is seen within this long (ms): a class whose board grows does not come for it at once. */
const MAP_WITHIN = 1_000;

const dialogs = later(() => import("../../base/dialog.js"));
const maps = later(() => import("./minimap.js"));
const pictures = later(() => import("./export.js"));

/** Completes a board that was started; returns who draws there besides oneself. */
export function complete(board, room) {
    new SpokenList(board.list, board.model, (id) => board.nameOf(id)).refresh();
    bringMap(board);
    registerKeys(board);
    const more = h("button.tool", { type: "button", "aria-label": t("board.more"), title: t("board.more") }, icon("dots", { size: 20 }));
    board.toolbar.append(attachMenu(more, () => menu(board, room)));
    return new Others(room.me, () => board.layers?.refreshLive());
}

function bringMap(board) {
    const { map, model, viewport } = board;
    let timer = 0;
    const look = () => {
        timer = 0;
        const drawn = board.layers?.drawn;
        if (!drawn || contains(viewport.box, drawn)) return;
        for (const end of ends) end();
        maps.use(({ Minimap }) => new Minimap(map, model, viewport).refresh());
    };
    const soon = () => { timer ||= setTimeout(look, Math.random() * MAP_WITHIN); };
    const ends = [viewport.on("changed", soon), model.on("changed", soon), model.on("reset", soon)];
    soon();
}

function menu(board, room) {
    const name = room.state.title || "board";
    return [
        { label: t("board.fit"), icon: "fit", end: h("kbd", "0"), run: () => board.fit() },
        { label: t("board.export_png"), icon: "download", run: () => pictures.use(async ({ png, save }) => save(`${name}.png`, await png(board.model))) },
        { label: t("board.export_svg"), icon: "download", run: () => pictures.use(({ save, svg }) => save(`${name}.svg`, svg(board.model))) },
        ...(room.me.staff && board.mayDraw ? ["-", { label: t("board.clear"), icon: "trash", danger: true, run: () => dialogs.use(({ confirm }) => clear(confirm, board)) }] : []),
    ];
}

async function clear(confirm, board) {
    const yes = await confirm({ title: t("board.clear_title"), text: t("board.clear_text"), action: t("board.clear"), danger: true });
    if (yes) board.apply([{ op: "clear" }]);
}

// What moves the view: zoom, arrow keys, and the space bar that makes every press a pan.
function registerKeys(board) {
    const group = t("board.keys");
    const when = () => board.offsetParent !== null;
    const keys = [
        ["+", "board.zoom_in", () => board.viewport.zoom(1.25)],
        ["=", "board.zoom_in", () => board.viewport.zoom(1.25), true],
        ["-", "board.zoom_out", () => board.viewport.zoom(1 / 1.25)],
        ["0", "board.fit", () => board.fit()],
    ];
    for (const [key, label, run, hidden] of keys) register({ key, group, label: t(label), run, when, hidden });
    const { pointers, selection, surface, viewport } = board;
    surface.addEventListener("keydown", (event) => {
        const step = STEPS[event.key];
        if (event.key === " ") {
            pointers.spaceHeld = true;
            surface.dataset.panning = "true";
        } else if (step && selection.ids.size === 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
            viewport.pan(-step[0] * STEP, -step[1] * STEP);
            event.stopPropagation();
        } else {
            return;
        }
        event.preventDefault();
    });
    // A press takes the focus for the keys; only keys show where it is.
    surface.addEventListener("pointerdown", () => { surface.dataset.pressed = "true"; });
    for (const type of ["keydown", "blur"]) surface.addEventListener(type, () => { delete surface.dataset.pressed; });
    const released = (event) => {
        if (event.type === "keyup" && event.key !== " ") return;
        pointers.spaceHeld = false;
        surface.dataset.panning = "false";
    };
    surface.addEventListener("keyup", released);
    surface.addEventListener("blur", released);
}
