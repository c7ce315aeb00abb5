// The ways to answer: tapping an option, marking several, writing a word or a number.
import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { kindOf, sameAnswer } from "../room/quiz-runs.js";
import { letter } from "./bars.js";

/**
 * The form of a question. `answer(value)` is called with what the person chose.
 *
 * `refresh({chosen, open, busy})` shows what was chosen and whether another choice is possible; `press(letter)` answers
 * by key and says whether there was such an option.
 */
export function answerForm(question, { answer }) {
    const kind = kindOf(question);
    if (kind === "choice" || kind === "boolean") return choiceForm(question, answer);
    if (kind === "many") return manyForm(question, answer);
    return fieldForm(kind, answer);
}

function option(role, { id, text }, index, onclick) {
    return h("button.option", { type: "button", role, "aria-checked": "false", dataset: { answer: id }, onclick },
        h("span.option-letter", { "aria-hidden": "true" }, letter(index)), h("span.option-text", text), h("span.option-mark", { "aria-hidden": "true" }));
}

function choiceForm(question, answer) {
    let open = true;
    const options = question.answers.map((each, index) => option("radio", each, index, () => { if (open) answer(each.id); }));
    const element = h("div.options", { role: "radiogroup", "aria-label": t("quiz.options") }, options);
    element.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        const at = options.indexOf(document.activeElement);
        if (!step || at < 0) return;
        event.preventDefault();
        options[(at + step + options.length) % options.length].focus();
    });
    return {
        element,
        press: (sign) => press(options, sign),
        refresh({ chosen, open: isOpen }) {
            open = isOpen;
            options.forEach((each, index) => {
                const mine = chosen !== undefined && sameAnswer(chosen, question.answers[index].id);
                each.setAttribute("aria-checked", String(mine));
                each.setAttribute("aria-disabled", String(!isOpen));
            });
        },
    };
}

function manyForm(question, answer) {
    const marked = new Set();
    let open = true;
    let touched = false;
    const options = question.answers.map((each, index) => option("checkbox", each, index, () => {
        if (!open) return;
        touched = true;
        if (!marked.delete(each.id)) marked.add(each.id);
        draw();
    }));
    const submit = h("button.button.primary.large", { type: "button", onclick: () => {
        if (!open || marked.size === 0) return;
        touched = false;
        answer(question.answers.map(({ id }) => id).filter((id) => marked.has(id)));
    } }, t("quiz.submit"));
    const hint = h("p.small.muted", t("quiz.several"));
    const draw = () => {
        options.forEach((each, index) => each.setAttribute("aria-checked", String(marked.has(question.answers[index].id))));
        submit.disabled = marked.size === 0;
    };
    draw();
    return {
        element: h("div.stack.tight", hint, h("div.options", { role: "group", "aria-label": t("quiz.options") }, options), submit),
        press: (sign) => press(options, sign),
        refresh({ chosen, open: isOpen }) {
            open = isOpen;
            for (const each of options) each.setAttribute("aria-disabled", String(!isOpen));
            submit.hidden = hint.hidden = !isOpen;
            if (chosen === undefined || touched) return;
            marked.clear();
            for (const id of [chosen].flat()) marked.add(id);
            draw();
        },
    };
}

function fieldForm(kind, answer) {
    let touched = false;
    const field = h("input.input.answer-field", {
        type: "text", inputmode: kind === "number" ? "decimal" : "text", maxlength: 500, autocomplete: "off", "aria-label": t("quiz.your_answer"),
        placeholder: t(kind === "number" ? "quiz.number_place" : "quiz.text_place"), oninput: () => {
            touched = true;
            problem.hidden = true;
            field.removeAttribute("aria-invalid");
        },
    });
    const problem = h("p.problem", { role: "alert", hidden: true }, t("quiz.not_a_number"));
    const submit = h("button.button.primary.large", { type: "submit" }, t("quiz.submit"));
    const element = h("form.answer-form", { onsubmit: (event) => {
        event.preventDefault();
        const value = kind === "number" ? parseNumber(field.value) : field.value.trim();
        if (value === "" || field.disabled) return;
        if (Number.isNaN(value)) {
            problem.hidden = false;
            field.setAttribute("aria-invalid", "true");
            return;
        }
        touched = false;
        answer(value);
    } }, h("div.row.tight", field, submit), problem);
    return {
        element,
        press: () => false,
        refresh({ chosen, open }) {
            field.disabled = !open;
            submit.hidden = !open;
            if (chosen !== undefined && !touched) field.value = String(chosen);
        },
    };
}

function press(options, sign) {
    const found = options.find((each) => each.querySelector(".option-letter").textContent === sign);
    found?.click();
    return Boolean(found);
}

/** A number as people write it: "3.5", "3,5", "1 200"; empty stays empty, nonsense is NaN. */
export function parseNumber(text) {
    const plain = text.trim().replace(/\s/g, "");
    if (plain === "") return "";
    const normal = /^[-+]?\d*,\d+$/.test(plain) ? plain.replace(",", ".") : plain.replace(/,(?=\d{3}\b)/g, "");
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(normal) ? Number(normal) : Number.NaN;
}
