// Name, address, language and time zone.

import { get, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { language, languages, setLanguage, t } from "../base/i18n.js";
import { problem } from "../base/shell.js";
import { choice, choose } from "../base/theme.js";
import { toast } from "../base/toast.js";

/** All time zones that the browser knows, and the one in use. */
export function timeZones(current) {
    const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
    const all = new Set(["Etc/UTC", ...known]);
    if (current) all.add(current);
    return [...all].sort();
}

/** The languages that a user may choose: ours, their own, and "as the institution". */
export function localeOptions(current) {
    const own = current && !languages.some((item) => item.id === current) ? [[current, current]] : [];
    return [["", t("profile.locale_default")], ...languages.map((item) => [item.id, item.name]), ...own];
}

/** The section: reads the profile, and writes what was changed. */
export function profileSection() {
    const body = h("div.settings-body", { "aria-busy": "true" }, h("div.skeleton.line.w40"), h("div.skeleton.line.w80"), h("div.skeleton.line.w60"));
    const load = async () => {
        try {
            draw(await get("/api/v1/users/self/profile"));
        } catch (error) {
            fill(body, problem(error, load));
        }
        body.removeAttribute("aria-busy");
    };

    function draw(profile) {
        const list = h("datalist", { id: "zones" }, timeZones(profile.time_zone).map((zone) => h("option", { value: zone })));
        const form = makeForm({
            label: t("profile.title"), submit: t("action.save"),
            fields: [
                { name: "name", label: t("profile.name"), value: profile.name, required: true, autocomplete: "name", hint: t("profile.name_hint") },
                { name: "short_name", label: t("profile.short_name"), value: profile.short_name, required: true, hint: t("profile.short_name_hint") },
                { name: "sortable_name", label: t("profile.sortable_name"), value: profile.sortable_name, required: true, hint: t("profile.sortable_name_hint") },
                { name: "email", label: t("profile.email"), value: profile.primary_email ?? "", type: "email", autocomplete: "email", optional: true },
                { name: "time_zone", label: t("profile.time_zone"), value: profile.time_zone ?? "", list: "zones", required: true },
                { name: "locale", label: t("profile.locale"), kind: "select", value: profile.locale ?? "", options: localeOptions(profile.locale) },
            ],
            run: async (values) => {
                await put("/api/v1/users/self", { user: values });
                const isNew = values.locale !== (profile.locale ?? "");
                profile.locale = values.locale;
                const wanted = values.locale.toLowerCase().split("-")[0];
                if (isNew && languages.some((item) => item.id === wanted) && wanted !== language) return setLanguage(wanted);
                return toast(t("profile.saved"));
            },
        });
        form.element.classList.add("form-two");
        fill(body, form.element, list);
    }

    load();
    return body;
}

/** The look of the pages, remembered on this device. */
export function lookSection() {
    const themes = ["system", "light", "dark"].map((theme) => h("button", { type: "button", role: "radio", "aria-checked": String(choice() === theme), onclick: (event) => {
        choose(theme);
        for (const button of themes) button.setAttribute("aria-checked", String(button === event.currentTarget));
    } }, t(`theme.${theme}`)));
    return h("div.settings-body.row.spread.wrap", h("p.small.muted", t("profile.theme_text")),
        h("div.segments", { role: "radiogroup", "aria-label": t("shell.theme") }, themes));
}
