// A question typed in place: its kind, its options, which of them is right (or none), and how long.
import { fill, h, uid } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";

const [FEWEST, MOST] = [2, 6];
const TYPES = Object.freeze({
    choice: "multiple_choice_question", many: "multiple_answers_question", boolean: "true_false_question",
    text: "short_answer_question", number: "numerical_question",
});

/** The seconds on offer; 0 is without a limit. */
export const SECONDS = Object.freeze([0, 15, 30, 60, 90, 120, 300]);

/** A select for the seconds; `value` is the number, or null without a limit. */
export function secondsSelect(id) {
    const element = h("select.select", { id }, SECONDS.map((seconds) =>
        h("option", { value: seconds, ".selected": seconds === 30 }, seconds === 0 ? t("quiz.no_limit") : t("quiz.seconds", { n: seconds }))));
    return { element, get value() { return Number(element.value) || null; } };
}

/** The form; `open(data)` opens the question with `{question, seconds, answer_change}` and resolves to whether it worked. */
export function pollForm({ open }) {
    const id = uid("poll");
    let kind = "choice";
    let options = [{ text: "", right: false }, { text: "", right: false }];
    const text = h("textarea.textarea", { id: `${id}-text`, rows: 2, maxlength: 2_000 });
    const type = h("select.select", { id: `${id}-type`, onchange: () => {
        kind = type.value;
        draw();
    } }, Object.keys(TYPES).map((name) => h("option", { value: name }, t(`quiz.type.${name}`))));
    const seconds = secondsSelect(`${id}-seconds`);
    const change = h("input", { type: "checkbox" });
    const problem = h("p.problem", { role: "alert", hidden: true });
    const host = h("div.poll-options");
    const submit = h("button.button.primary", { type: "submit" }, icon("play", { size: 16 }), t("quiz.open"));

    function draw() {
        problem.hidden = true;
        if (kind === "boolean") {
            host.replaceChildren(rightSelect());
            return;
        }
        if (kind === "text" || kind === "number") {
            host.replaceChildren(h("div.field", h("label", { for: `${id}-accepted` }, t(kind === "text" ? "quiz.accepted" : "quiz.exact")),
                h("input.input", { id: `${id}-accepted`, inputmode: kind === "number" ? "decimal" : "text", ".value": "" }), h("p.hint", t("quiz.right_optional"))));
            return;
        }
        fill(host, h("p.small.muted", t("quiz.mark_right")), options.map((option, index) => h("div.row.tight",
            h("input", { type: kind === "many" ? "checkbox" : "radio", name: `${id}-right`, ".checked": option.right, "aria-label": t("quiz.option_right", { n: index + 1 }), onchange: (event) => {
                if (kind === "choice") for (const each of options) each.right = false;
                option.right = event.target.checked;
            } }),
            h("input.input", { ".value": option.text, maxlength: 500, "aria-label": t("quiz.option", { n: index + 1 }), placeholder: t("quiz.option", { n: index + 1 }),
                oninput: (event) => { option.text = event.target.value; },
                onkeydown: (event) => {
                    if (event.key !== "Enter" || index !== options.length - 1 || options.length >= MOST) return;
                    event.preventDefault();
                    addOption();
                } }),
            options.length > FEWEST && h("button.button.ghost.icon.small", { type: "button", "aria-label": t("quiz.remove_option", { n: index + 1 }), onclick: () => {
                options.splice(index, 1);
                draw();
                host.querySelectorAll("input.input")[Math.max(0, index - 1)].focus();
            } }, icon("x", { size: 16 })))),
        options.length < MOST && h("button.button.small", { type: "button", onclick: addOption }, icon("plus", { size: 14 }), t("quiz.add_option")));
    }

    function addOption() {
        options.push({ text: "", right: false });
        draw();
        [...host.querySelectorAll("input.input")].at(-1).focus();
    }

    function rightSelect() {
        return h("div.field", h("label", { for: `${id}-bool` }, t("quiz.right_one")), h("select.select", { id: `${id}-bool` },
            ["none", "true", "false"].map((value) => h("option", { value }, t(`quiz.bool.${value}`)))));
    }

    function question() {
        const base = { type: TYPES[kind], text: text.value.trim(), points: 0 };
        if (base.text === "") throw new Error(t("quiz.need_text"));
        const weigh = (each, right) => ({ text: each, weight: right ? 100 : 0 });
        if (kind === "boolean") {
            const right = host.querySelector("select").value;
            return { ...base, answers: [weigh(t("quiz.bool.true"), right === "true"), weigh(t("quiz.bool.false"), right === "false")] };
        }
        if (kind === "text" || kind === "number") {
            const value = host.querySelector("input").value.trim();
            if (value === "") return { ...base, answers: [] };
            if (kind === "text") return { ...base, answers: value.split(";").map((each) => weigh(each.trim(), true)).filter((each) => each.text !== "") };
            const exact = Number(value.replace(",", "."));
            if (!Number.isFinite(exact)) throw new Error(t("quiz.not_a_number"));
            return { ...base, answers: [{ numerical_answer_type: "exact_answer", exact, margin: 0, weight: 100 }] };
        }
        const answers = options.filter((each) => each.text.trim() !== "").map((each) => weigh(each.text.trim(), each.right));
        if (answers.length < FEWEST) throw new Error(t("quiz.need_options"));
        return { ...base, answers };
    }

    draw();
    return h("form.poll.stack", { onsubmit: async (event) => {
        event.preventDefault();
        let asked;
        try {
            asked = question();
        } catch (error) {
            problem.textContent = error.message;
            problem.hidden = false;
            return;
        }
        submit.disabled = true;
        const done = await open({ question: asked, seconds: seconds.value, answer_change: change.checked ? "until_close" : "never" });
        submit.disabled = false;
        if (!done) return;
        text.value = "";
        options = [{ text: "", right: false }, { text: "", right: false }];
        draw();
    } },
    h("div.field", h("label", { for: `${id}-text` }, t("quiz.question")), text),
    h("div.row.tight.fields", h("div.field.grow", h("label", { for: `${id}-type` }, t("quiz.kind")), type),
        h("div.field", h("label", { for: `${id}-seconds` }, t("quiz.time")), seconds.element)),
    host, h("label.check", change, t("quiz.allow_change")), problem, h("div", submit));
}
