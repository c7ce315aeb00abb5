// What staff type about modules and their items.

import { getAll, post, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { apiTime, checkbox, field, openForm, refusal, select, textInput, timeInput } from "../frame/form.js";
import { safeAddress } from "../frame/items.js";

const TYPES = ["Page", "Discussion", "File", "Assignment", "Quiz", "ExternalUrl", "SubHeader"];
const NEEDS = { Page: ["must_view", "must_contribute", "must_mark_done"], Discussion: ["must_view", "must_contribute", "must_mark_done"], File: ["must_view", "must_mark_done"],
    Assignment: ["must_view", "must_submit", "min_score", "must_mark_done"], Quiz: ["must_view", "must_submit", "min_score"], ExternalUrl: ["must_view", "must_mark_done"], ExternalTool: ["must_view", "must_mark_done"] };

/** Makes a module, or changes one. */
export function moduleForm(course, modules, module) {
    const name = textInput(module?.name, { autofocus: true, required: true });
    const opens = timeInput(module?.unlock_at);
    const order = checkbox(t("modules.in_order"), module?.require_sequential_progress);
    // A module comes after others before it.
    const before = modules.slice(0, module ? modules.indexOf(module) : modules.length);
    const boxes = before.map((other) => ({ id: other.id, ...checkbox(other.name, module?.prerequisite_module_ids.includes(other.id)) }));
    const published = checkbox(t("modules.publish_now"), true);
    return openForm({
        title: t(module ? "modules.edit" : "modules.new"), submit: t(module ? "action.save" : "action.create"), fields: { name, unlock_at: opens },
        body: [field(t("modules.name"), name), field(t("modules.opens_at"), opens, t("modules.opens_hint")), order.element,
            boxes.length > 0 && h("fieldset.stack.tight.choices", h("legend.label", t("modules.prerequisites")), boxes.map((box) => box.element)),
            !module && published.element],
        send: () => {
            if (name.value.trim() === "") throw refusal("name", t("modules.name_missing"));
            const fields = {
                name: name.value.trim(), unlock_at: apiTime(opens.value), require_sequential_progress: order.box.checked,
                prerequisite_module_ids: boxes.filter((box) => box.box.checked).map((box) => box.id), ...(module ? {} : { published: published.box.checked }),
            };
            return module ? put(course.api(`/modules/${module.id}`), { module: fields }) : post(course.api("/modules"), { module: fields });
        },
    });
}

/** Adds an item of any type. */
export function addItemForm(course, module) {
    const kind = select(TYPES.map((type) => [type, t(`item.${type}`)]), "Page", { autofocus: true });
    const place = h("div.stack");
    const need = needField(() => kind.value, null);
    let what = null;
    const lists = new Map();
    const load = async (type) => {
        if (!lists.has(type)) lists.set(type, await candidates(course, type));
        return lists.get(type);
    };
    const show = async () => {
        const type = kind.value;
        need.show();
        if (type === "SubHeader" || type === "ExternalUrl") {
            const title = textInput("", { required: true });
            const address = textInput("https://", { maxlength: "2000", inputmode: "url" });
            what = { title, address };
            fill(place, type === "ExternalUrl" && field(t("item.address"), address), field(t("item.title"), title));
            return;
        }
        what = null;
        fill(place, h("div.skeleton.line"));
        try {
            const list = await load(type);
            if (kind.value !== type) return;
            const choice = select([...(type === "Page" || type === "Discussion" ? [["new", t("item.new_one")]] : []), ...list], list[0]?.[0] ?? "new");
            const title = textInput("", { required: true });
            const titleField = field(t("item.title"), title);
            const toggle = () => { titleField.hidden = choice.value !== "new"; };
            choice.addEventListener("change", toggle);
            what = { choice, title };
            fill(place, choice.options.length > 0 ? field(t(`item.${type}`), choice) : h("p.muted.small", t("item.none")), titleField);
            toggle();
        } catch (error) {
            fill(place, h("p.notice.bad", t("item.unread")));
            lists.delete(type);
        }
    };
    kind.addEventListener("change", show);
    show();
    return openForm({
        title: t("modules.add_item_to", { name: module.name }), submit: t("item.add"), fields: { type: kind },
        body: [field(t("item.type"), kind), place, need.element],
        send: async () => {
            const type = kind.value;
            const item = { type, completion_requirement: need.value() ?? undefined };
            if (type === "SubHeader" || type === "ExternalUrl") {
                if (type === "ExternalUrl") {
                    if (!safeAddress(what.address.value.trim())) throw refusal("type", t("item.address_wrong"));
                    Object.assign(item, { external_url: what.address.value.trim(), published: true });
                } else {
                    item.published = true;
                }
                item.title = what.title.value.trim();
                if (item.title === "") throw refusal("type", t("item.title_missing"));
            } else if (!what || what.choice.value === "") {
                throw refusal("type", t("item.none"));
            } else {
                let chosen = what.choice.value;
                if (chosen === "new") {
                    const title = what.title.value.trim();
                    if (title === "") throw refusal("type", t("item.title_missing"));
                    chosen = type === "Page" ? (await post(course.api("/pages"), { wiki_page: { title } })).url
                        : String((await post(course.api("/discussion_topics"), { title, published: false })).id);
                }
                if (type === "Page") item.page_url = chosen;
                else Object.assign(item, { content_id: Number(chosen) }, type === "Discussion" ? {} : { published: true, title: what.choice.selectedOptions[0].textContent });
            }
            return post(course.api(`/modules/${module.id}/items`), { module_item: item });
        },
    });
}

/** Changes an item: its title, its address, what it asks for. */
export function itemForm(course, module, item) {
    const title = textInput(item.title, { autofocus: true, required: true });
    const address = textInput(item.external_url ?? "", { maxlength: "2000", inputmode: "url" });
    const need = needField(() => item.type, item.completion_requirement);
    need.show();
    return openForm({
        title: t("item.edit"), submit: t("action.save"), fields: { title, external_url: address },
        body: [field(t("item.title"), title), item.type === "ExternalUrl" && field(t("item.address"), address), need.element],
        send: () => {
            if (title.value.trim() === "") throw refusal("title", t("item.title_missing"));
            if (item.type === "ExternalUrl" && !safeAddress(address.value.trim())) throw refusal("external_url", t("item.address_wrong"));
            return put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: {
                title: title.value.trim(), ...(item.type === "ExternalUrl" ? { external_url: address.value.trim() } : {}), ...(item.type === "SubHeader" ? {} : { completion_requirement: need.value() }),
            } });
        },
    });
}

function needField(type, now) {
    const choice = h("select.select");
    const score = h("input.input", { type: "number", min: "0", step: "any", ".value": now?.min_score ?? "" });
    const scoreField = field(t("item.min_score"), score);
    const element = h("div.stack", field(t("item.need"), choice), scoreField);
    const toggle = () => { scoreField.hidden = choice.value !== "min_score"; };
    choice.addEventListener("change", toggle);
    return {
        element,
        show: () => {
            const wanted = NEEDS[type()] ?? [];
            element.hidden = wanted.length === 0;
            fill(choice, [["", t("need.none")], ...wanted.map((need) => [need, t(`need.${need}`, { n: "…" })])].map(([id, text]) => h("option", { value: id, ".selected": id === (now?.type ?? "") }, text)));
            toggle();
        },
        value: () => (element.hidden || choice.value === "" ? null : { type: choice.value, ...(choice.value === "min_score" ? { min_score: Number(score.value) || 0 } : {}) }),
    };
}

async function candidates(course, type) {
    const read = async (path, text, id = (one) => one.id) => (await getAll(course.api(path))).map((one) => [id(one), text(one)]);
    switch (type) {
    case "Page": return read("/pages", (page) => page.title, (page) => page.url);
    case "Discussion": return read("/discussion_topics", (topic) => topic.title);
    case "File": return read("/files", (file) => file.display_name);
    case "Quiz": return read("/quizzes", (quiz) => quiz.title);
    default: return read("/assignments", (assignment) => assignment.name ?? assignment.title);
    }
}
