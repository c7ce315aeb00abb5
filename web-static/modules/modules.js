// The modules of a course: for students what is next and how far they are, for staff the same to arrange.

import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { problem, state } from "../base/shell.js";
import { progress } from "../frame/items.js";
import { rowKeys } from "../frame/list.js";
import { newModule } from "./actions.js";
import { moduleCard } from "./cards.js";
import { course, folded, gone, keepFolds, load, main, staff, student, view } from "./state.js";

function draw() {
    const shown = view.modules.filter((module) => !gone.has(`m${module.id}`));
    const all = shown.map(progress).filter(Boolean);
    const done = all.reduce((sum, one) => sum + one.done, 0);
    const asked = all.reduce((sum, one) => sum + one.all, 0);
    fill(main, h("div.page",
        h("div.page-head", h("h1", t("part.modules")),
            h("div.actions",
                shown.length > 1 && h("button.button", { type: "button", dataset: { key: "fold-all" }, onclick: () => foldAll(shown) }, t(shown.every((module) => folded.has(module.id)) ? "modules.unfold_all" : "modules.fold_all")),
                staff && h("button.button.primary", { type: "button", dataset: { key: "new-module" }, onclick: newModule }, icon("plus"), t("modules.new")))),
        student() && asked > 0 && h("div.overall", meter(done, asked), h("span.small.muted", t("modules.overall", { done, n: asked }))),
        h("p.visually-hidden", { role: "status", id: "said" }, view.said),
        shown.length === 0
            ? h("div.card", state({ sign: "list", title: t("modules.none"), text: t(staff ? "modules.none_staff" : "modules.none_student"),
                actions: staff ? [h("button.button.primary", { type: "button", onclick: newModule }, icon("plus"), t("modules.new"))] : [] }))
            : h("ol.modules", { role: "list" }, shown.map((module, at) => moduleCard(module, at, shown)))));
    main.removeAttribute("aria-busy");
}

const meter = (done, all) => h("meter.meter", { min: "0", max: all, value: done, "aria-label": t("modules.overall", { done, n: all }) });

function foldAll(shown) {
    if (shown.every((module) => folded.has(module.id))) folded.clear();
    else for (const module of shown) folded.add(module.id);
    keepFolds();
}

view.draw = draw;

async function start() {
    const item = /\/modules\/items\/(\d+)$/.exec(location.pathname);
    try {
        if (item) return await (await import("./item.js")).showItem(course, Number(item[1]));
        await load();
        draw();
        const target = location.hash && document.getElementById(location.hash.slice(1));
        if (target) {
            if (folded.delete(Number(target.dataset.module))) draw();
            document.getElementById(location.hash.slice(1)).scrollIntoView();
        }
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", t("part.modules")), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

await start();
if (!location.pathname.includes("/items/")) {
    rowKeys(main, t("part.modules"));
    register({ key: "c", label: t("modules.new"), group: t("part.modules"), when: () => staff, run: newModule });
    if (staff) register({ key: "Alt+ArrowUp", label: t("modules.move_keys"), group: t("part.modules"), when: () => false, run: () => {} });
}
