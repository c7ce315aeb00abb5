// Which field of a form a refusal is about, and in which words.

/** Words for what the server says most often; anything else is said as the server says it. */
const KNOWN = [
    [/is empty|is missing|is required/, "form.empty"],
    [/in the future/, "form.future"],
    [/e-mail address/, "form.email"],
    [/no spaces/, "form.spaces"],
    [/whole number|an integer/, "form.number"],
];

/** The name of the form's field that `field` of a refusal means: the same name, or the end of one (`user[name]`, `user.name`). */
export function fieldNamed(names, field) {
    if (!field) return null;
    const path = field.replaceAll("]", "").split(/[.[]/).filter((part) => part !== "");
    return names.find((name) => name === field) ?? names.find((name) => name === path.join(".")) ?? names.find((name) => name.split(".").at(-1) === path.at(-1)) ?? null;
}

/** A refusal's words for one field: `{ key }` for a text of ours, else `{ text }`. */
export function wordsFor({ code, message }) {
    if (code === "duplicate") return { key: "form.taken" };
    const found = KNOWN.find(([pattern]) => pattern.test(message));
    if (found) return { key: found[1] };
    const text = message.replace(/^field "[^"]*"\s*/, "");
    return { text: text === message ? message : `${text[0].toUpperCase()}${text.slice(1)}.` };
}
