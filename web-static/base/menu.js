// Menus behind a button: arrow keys, typing ahead, Escape.

import { add, h, roving } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Makes `button` open a menu. `items()` is asked each time and gives a list of
 * `{ label, icon?, run?, href?, danger?, checked?, disabled?, end? }`, `{ heading }`, `{ head: node }` or `"-"`.
 */
export function attachMenu(button, items) {
    let menu = null;
    const open = (focus) => {
        menu = h("div.menu", { role: "menu", popover: "auto", "aria-label": button.getAttribute("aria-label") ?? button.textContent });
        for (const item of tidy(items())) add(menu, entry(item, () => menu?.hidePopover()));
        button.after(menu);
        button.setAttribute("aria-expanded", "true");
        const mine = menu;
        mine.addEventListener("toggle", (event) => {
            if (event.newState !== "closed") return;
            const inside = mine.contains(document.activeElement) || document.activeElement === document.body;
            button.setAttribute("aria-expanded", "false");
            if (inside) button.focus();
            // A press on the button closes the menu by itself before its click arrives.
            setTimeout(() => { if (menu === mine) menu = null; mine.remove(); }, 0);
        });
        menu.showPopover();
        place(button, menu);
        const list = () => [...mine.querySelectorAll('[role^="menuitem"]')];
        const refresh = roving(mine, list);
        refresh();
        list()[focus === "last" ? list().length - 1 : 0]?.focus();
        let typed = "";
        let at = 0;
        mine.addEventListener("keydown", (event) => {
            if (event.key === "Tab") mine.hidePopover();
            if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
            typed = Date.now() - at < 700 ? typed + event.key.toLowerCase() : event.key.toLowerCase();
            at = Date.now();
            list().find((item) => item.textContent.trim().toLowerCase().startsWith(typed))?.focus();
            event.stopPropagation();
        });
    };
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => { if (menu) menu.hidePopover(); else open("first"); });
    button.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        if (!menu) open(event.key === "ArrowUp" ? "last" : "first");
    });
    return button;
}

// Leaves out what is not there, and lines with nothing above or below them.
function tidy(items) {
    const there = items.filter(Boolean);
    return there.filter((item, index) => item !== "-" || (index > 0 && index < there.length - 1 && there[index - 1] !== "-"));
}

function entry(item, close) {
    if (item === "-") return h("hr");
    if (item.head) return h("div.menu-head", { role: "presentation" }, item.head);
    if (item.heading) return h("div.menu-label", { role: "presentation" }, item.heading);
    const radio = item.checked !== undefined;
    const props = {
        role: radio ? "menuitemradio" : "menuitem",
        "aria-checked": radio ? String(item.checked) : null,
        "aria-disabled": item.disabled ? "true" : null,
        tabindex: "-1",
        class: item.danger ? "danger" : "",
        onclick: (event) => {
            if (item.disabled) return event.preventDefault();
            close();
            item.run?.();
        },
    };
    const inside = [item.icon && icon(item.icon), h("span.truncate", item.label), item.end && h("span.end", item.end),
        radio && item.checked && h("span.end", icon("check"))];
    return item.href ? h("a.menu-item", { href: item.href, ...props }, inside) : h("button.menu-item", { type: "button", ...props }, inside);
}

function place(button, menu) {
    const box = button.getBoundingClientRect();
    const size = menu.getBoundingClientRect();
    const rtl = getComputedStyle(button).direction === "rtl";
    const fits = box.bottom + 6 + size.height <= innerHeight - 8;
    const top = fits ? box.bottom + 6 : Math.max(8, box.top - 6 - size.height);
    const wished = rtl === box.left < innerWidth / 2 ? (rtl ? box.left : box.right - size.width) : box.left;
    const toEnd = rtl ? box.left : box.right - size.width;
    const left = box.left + size.width > innerWidth - 8 ? toEnd : wished;
    menu.style.top = `${top}px`;
    menu.style.left = `${Math.max(8, Math.min(innerWidth - size.width - 8, left))}px`;
}
