// What the pages before the sign-in share: one calm card, the language and the theme below it, a field for a password.

import { fill, h } from "../base/dom.js";
import { icon, mark } from "../base/icons.js";
import { language, languages, setLanguage, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { choice, choose } from "../base/theme.js";

/** Shows a card with this content in place of what was there. */
export function page(title, text, ...content) {
    const main = document.getElementById("main");
    fill(main,
        h("div.sign-in",
            h("div.sign-in-head", h("span.mark", mark(26)), h("h1", title), text && h("p.muted", text)),
            h("div.card.sign-in-card", content)),
        h("footer.sign-in-foot", preferences()));
    main.removeAttribute("aria-busy");
}

function preferences() {
    return [
        attachMenu(h("button.button.ghost.small", { type: "button" }, icon("language"), languages.find((item) => item.id === language)?.name ?? language),
            () => languages.map((item) => ({ label: item.name, checked: item.id === language, run: () => item.id === language || setLanguage(item.id) }))),
        attachMenu(h("button.button.ghost.small", { type: "button" }, icon("sun"), t("shell.theme")),
            () => ["system", "light", "dark"].map((theme) => ({ label: t(`theme.${theme}`), checked: choice() === theme, run: () => choose(theme) }))),
    ];
}

/** A password's input and the button that shows what was typed; the words are `signIn.show` and `signIn.hide`. */
export function passwordInput({ id, autocomplete }) {
    const password = h("input.input", { id, name: "password", type: "password", autocomplete, required: true });
    const toggle = h("button.button.ghost.icon", { type: "button", "aria-pressed": "false", "aria-label": t("signIn.show"), title: t("signIn.show"), onclick: () => {
        const shown = password.type === "password";
        password.type = shown ? "text" : "password";
        toggle.setAttribute("aria-pressed", String(shown));
        toggle.title = t(shown ? "signIn.hide" : "signIn.show");
        fill(toggle, icon(shown ? "eye-off" : "eye"));
        password.focus();
    } }, icon("eye"));
    return { password, toggle };
}
