// One item of a module that has no page of its own: a file, an address elsewhere, what is graded.

import { get } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { bytes, t } from "../base/i18n.js";
import { state } from "../base/shell.js";
import { itemPath, safeAddress } from "../frame/items.js";
import { sequenceBar, sequenceKeys } from "../frame/sequence.js";

/** Shows an item by its id; throws a 404 for one that is not there. Pages and discussions are shown at their own addresses. */
export async function showItem(course, id) {
    const { main, staff } = course;
    const found = await findItem(course, id);
    if (!found) throw Object.assign(new Error("no such item"), { status: 404 });
    const path = itemPath(course.id, found);
    if (path !== location.pathname) return location.replace(path ?? course.href("/modules"));
    course.title({ label: found.title });
    const body = found.type === "File" ? await fileView(course, found) : found.type === "ExternalUrl" || found.type === "ExternalTool" ? addressView(found)
        : h("div.card", state({ sign: "quiz", title: found.title, text: t("item.graded"), actions: [
            h("a.button.primary", { href: staff && found.type === "Quiz" ? course.href(`?quiz=${found.content_id}`) : course.href("/gradebook") }, t(staff && found.type === "Quiz" ? "item.open_quiz" : "item.open_grades"), icon("arrow-right", { size: 16 }))] }));
    fill(main, h("div.page", h("div.page-head", h("h1", found.title)), body, sequenceBar(course, { type: "ModuleItem", id: found.id, item: found.id })));
    main.removeAttribute("aria-busy");
    sequenceKeys(t("part.modules"));
}

async function findItem(course, id) {
    const { items } = await get(course.api("/module_item_sequence"), { query: { asset_type: "ModuleItem", asset_id: id } });
    return items.find((one) => one.current.id === id)?.current;
}

async function fileView(course, item) {
    const file = await get(course.api(`/files/${item.content_id}`));
    const locked = !file.url;
    const picture = file.mime_class === "image" && !locked;
    return h("div.card.pad.file-view",
        picture && h("img", { src: `/files/${file.id}/preview`, alt: file.display_name }),
        h("div.row", icon("file", { size: 22 }), h("div.grow", h("p.strong", file.display_name), h("p.small.muted", bytes(file.size)))),
        locked ? h("p.notice", icon("lock"), t("item.file_locked")) : h("div.row.tight.wrap",
            h("a.button.primary", { href: file.url }, icon("download", { size: 16 }), t("item.download")),
            !picture && ["pdf", "text", "audio", "video"].includes(file.mime_class) && h("a.button", { href: `/files/${file.id}/preview`, target: "_blank", rel: "noopener" }, icon("eye", { size: 16 }), t("item.view"))));
}

function addressView(item) {
    const address = safeAddress(item.external_url);
    return h("div.card", state({ sign: "external", title: item.title, text: address ? t("item.elsewhere", { host: new URL(address).host }) : t("item.no_address"),
        actions: address ? [h("a.button.primary", { href: address, rel: "noopener noreferrer", target: item.new_tab ? "_blank" : null }, t("item.open"), icon("external", { size: 16 }))] : [] }));
}
