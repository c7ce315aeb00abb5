// A text to be taken along: shown as code, copied by a button.

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { toast } from "./toast.js";

/** A read-only field with its button; the text is selected when it gets the focus. */
export function copyField(text, label) {
    const input = h("input.input.copy-text", { type: "text", readonly: true, "aria-label": label, ".value": text, onfocus: () => input.select() });
    const button = h("button.button", { type: "button", onclick: async () => {
        if (await copy(text, input)) {
            fill(button, icon("check"), t("copy.copied"));
            setTimeout(() => fill(button, icon("copy"), t("copy.copy")), 2_000);
        } else {
            input.focus();
            toast(t("copy.failed"), { kind: "bad" });
        }
    } }, icon("copy"), t("copy.copy"));
    return h("div.row.tight.copy-field", input, button);
}

// The clipboard is there in secure contexts only; the old command works everywhere else.
async function copy(text, input) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        input.focus();
        input.select();
        return document.execCommand("copy");
    }
}
