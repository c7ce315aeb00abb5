// Words, plurals, dates and numbers. One file per language and page; English fills what another lacks.
import english from "./lang/en.js";

const LANGUAGES = { en: "English", de: "Deutsch" };
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

const stored = () => {
    try {
        return localStorage.getItem("cohort.language");
    } catch {
        return null;
    }
};

function choose() {
    for (const wish of [stored(), ...(navigator.languages || [])]) {
        const base = (wish || "").toLowerCase().split("-")[0];
        if (base in LANGUAGES) return base;
    }
    return "en";
}

/** The language in use: "en", "de". */
export const language = choose();

// Dates and numbers follow the reader's region where it is one of the language: de-AT, en-GB.
const locale = (navigator.languages || []).find((tag) => tag.toLowerCase().split("-")[0] === language) || language;

const words = new Map();

document.documentElement.lang = language;
document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";

/**
 * Adds a page's words: `await add({ en: () => import("./lang/en.js"), de: () => import("./lang/de.js") })`.
 *
 * A file's default export is `{ "area.key": "text with {name}" }`; a value may be `{ one: "…", other: "…" }`, chosen by `n`.
 * English is there as well, for missing keys; a page that should not wait for it hands its words over instead.
 */
export async function add(files) {
    const wanted = language === "en" || !files[language] ? [files.en] : [files.en, files[language]];
    const loaded = wanted.map(async (file) => (typeof file === "function" ? (await file()).default : file));
    for (const file of await Promise.all(loaded)) {
        for (const [key, text] of Object.entries(file)) words.set(key, text);
    }
}

/** The text for `key`; `{name}` is replaced from `values`, numbers are written as the language does. */
export function t(key, values = {}) {
    let text = words.get(key);
    if (text === undefined) return key;
    if (typeof text === "object") {
        text = (values.n === 0 && text.zero) || text[pluralOf(Number(values.n))] || text.other;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
        const value = values[name];
        if (value === undefined || value === null) return whole;
        return typeof value === "number" ? ordinal(value) : String(value);
    });
}

// The first use of `Intl` costs a phone a tenth of a second: small whole numbers and our one plural go without it.
const small = (value) => Number.isInteger(value) && value >= 0 && value < 1000;
const ordinal = (value) => (small(value) ? String(value) : formatter(Intl.NumberFormat).format(value));
const ONE_AND_OTHER = ["en", "de"].includes(language);
const pluralOf = (value) => (ONE_AND_OTHER && Number.isInteger(value) ? (Math.abs(value) === 1 ? "one" : "other")
    : formatter(Intl.PluralRules).select(value));

/** Whether there is a text for `key`. */
export const has = (key) => words.has(key);

/** The languages on offer: `[{ id, name }]`. */
export const languages = Object.entries(LANGUAGES).map(([id, name]) => ({ id, name }));

/** Remembers the language and loads the page again in it. */
export function setLanguage(id) {
    try {
        localStorage.setItem("cohort.language", id);
    } catch {
        return;
    }
    location.reload();
}

// Made when first needed: each costs a millisecond, on a phone several.
const formatters = new Map();
function formatter(Kind, options = {}) {
    const id = Kind.name + JSON.stringify(options);
    if (!formatters.has(id)) formatters.set(id, new Kind(locale, options));
    return formatters.get(id);
}
const instant = (value) => (value instanceof Date ? value : new Date(value));

/** 10:42 */
export const time = (value) => formatter(Intl.DateTimeFormat, { timeStyle: "short" }).format(instant(value));
/** 10:42:07 */
export const timeSeconds = (value) => formatter(Intl.DateTimeFormat, { timeStyle: "medium" }).format(instant(value));
/** 22 Nov 2026 */
export const date = (value) => formatter(Intl.DateTimeFormat, { dateStyle: "medium" }).format(instant(value));
/** 22 Nov 2026, 10:42 */
export const dateTime = (value) => formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short" }).format(instant(value));
/** 22 Nov 2026, 10:42:07 */
export const dateTimeSeconds = (value) => formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "medium" }).format(instant(value));
/** Sunday 22 November */
export const day = (value) => formatter(Intl.DateTimeFormat, { weekday: "long", day: "numeric", month: "long" }).format(instant(value));
/** 1,284 or 2.5, with at most `digits` decimals. */
export const number = (value, digits = 2) => (small(value) ? String(value)
    : formatter(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value));
/** 5.0: always with `digits` decimals, for columns. */
export const fixed = (value, digits = 1) => formatter(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
/** 1.3K, for tight places. */
export const compact = (value) => formatter(Intl.NumberFormat, { notation: "compact", maximumFractionDigits: 1 }).format(value);
/** 42 % from 0.42 */
export const percent = (value, digits = 0) => formatter(Intl.NumberFormat, { style: "percent", maximumFractionDigits: digits }).format(value);
/** 1.2 GB, from bytes. */
export function bytes(value) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    let at = 0;
    while (value >= 1000 && at < units.length - 1) {
        value /= 1000;
        at += 1;
    }
    return formatter(Intl.NumberFormat, { style: "unit", unit: units[at], unitDisplay: "short", maximumFractionDigits: value < 10 && at > 0 ? 1 : 0 }).format(value);
}
/** 3 minutes ago, in 2 days; `now` in milliseconds. */
export function relative(value, now = Date.now()) {
    const seconds = (instant(value).getTime() - now) / 1000;
    const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
    let amount = seconds;
    for (const [unit, size] of steps) {
        if (Math.abs(amount) < size) return formatter(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.round(amount), unit);
        amount /= size;
    }
    return "";
}
/** 0:42, 12:05, 1:02:10, from seconds. */
export function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
/** "Ada, Grace and Linus" */
export const list = (items) => formatter(Intl.ListFormat, { type: "conjunction" }).format(items);
/** Compares names as the language sorts them; for `sort`. */
export const compareNames = (a, b) => formatter(Intl.Collator, { sensitivity: "base", numeric: true }).compare(a, b);

await add({ en: english, de: () => import("./lang/de.js") });
