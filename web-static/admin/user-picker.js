// Choosing a user by typing a part of the name or login: a combobox over the account's users.

import { get } from "../base/api.js";
import { debounce, fill, h, uid } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { remember } from "./names.js";

const SHORTEST = 2;
const MOST = 8;

/**
 * A custom field for `makeField`, and by itself: `{ element, control, read(), clear() }`; `read()` gives the user's id or null.
 * `onpick(user)` hears of each choice, with null when it is taken back.
 */
export function userPicker({ account, label = null, placeholder = "", roles = null, onpick = null }) {
    const id = uid("picker");
    let chosen = null;
    let found = [];
    let at = -1;
    let turn = 0;
    const list = h("ul.picker-list", { id: `${id}-list`, role: "listbox", "aria-label": t("admin.found"), hidden: true });
    const control = h("input.input", {
        type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder, "aria-label": label, "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
        oninput: () => { choose(null); search(); }, onkeydown: key, onblur: () => setTimeout(close, 120),
    });
    const element = h("div.picker", control, list);
    const search = debounce(read, 150);

    async function read() {
        const term = control.value.trim();
        const mine = ++turn;
        if (term.length < SHORTEST) return close();
        try {
            const users = await get(`/api/v1/accounts/${account}/users`, { query: { search_term: term, per_page: MOST, enrollment_type: roles ?? [] } });
            if (mine !== turn) return undefined;
            remember(users);
            found = users;
        } catch {
            found = [];
        }
        return open();
    }

    function open() {
        at = found.length > 0 ? 0 : -1;
        fill(list, found.map((user, place) => h("li.picker-option", { id: `${id}-${place}`, role: "option", "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); take(place); } },
            h("span.truncate", user.name), h("span.small.muted.truncate", user.login_id))),
        found.length === 0 && h("li.picker-none.small.muted", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("admin.nobody")));
        list.hidden = false;
        control.setAttribute("aria-expanded", "true");
        mark();
    }

    function close() {
        list.hidden = true;
        control.setAttribute("aria-expanded", "false");
        control.removeAttribute("aria-activedescendant");
    }

    function mark() {
        [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
        if (at >= 0) control.setAttribute("aria-activedescendant", `${id}-${at}`);
        list.children[at]?.scrollIntoView({ block: "nearest" });
    }

    function choose(user) {
        if (chosen === null && user === null) return;
        chosen = user;
        onpick?.(user);
    }

    function take(place) {
        const user = found[place];
        if (!user) return;
        control.value = user.name;
        close();
        choose(user);
    }

    function key(event) {
        if (list.hidden) {
            if (event.key === "ArrowDown") read();
            return;
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            at = found.length === 0 ? -1 : (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
            mark();
        } else if (event.key === "Enter" && at >= 0) {
            event.preventDefault();
            take(at);
        } else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            close();
        }
    }

    return { element, control, read: () => chosen?.id ?? null, clear: () => { control.value = ""; choose(null); } };
}
