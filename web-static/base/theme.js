// Light, dark or the system's; and the institution's accent, made readable in both.

const KEY = "cohort.theme";
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The choice: "system", "light" or "dark". */
export const choice = () => root.dataset.theme || "system";

/** What is seen now: "light" or "dark". */
export const current = () => root.dataset.theme || (dark.matches ? "dark" : "light");

/** Chooses and remembers; tells listeners with a `themechange` event on `document`. */
export function choose(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
        if (theme === "system") localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, theme);
    } catch {
        // Not remembered, but applied.
    }
    announce();
}

const announce = () => document.dispatchEvent(new CustomEvent("themechange", { detail: current() }));
dark.addEventListener("change", announce);

let probe = null;

/** A token's colour now, as `rgb(…)`, for canvases: `color("--text")`. Any CSS colour works too. */
export function color(token) {
    probe ??= document.body.appendChild(document.createElement("span"));
    probe.hidden = true;
    probe.style.color = "";
    probe.style.color = token.startsWith("--") ? `var(${token})` : token;
    return getComputedStyle(probe).color;
}

// Contrast after WCAG 2.2, "relative luminance".
const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const format = (rgb) => `#${rgb.map((part) => Math.round(Math.max(0, Math.min(255, part))).toString(16).padStart(2, "0")).join("")}`;
const mix = (a, b, share) => a.map((part, at) => part + (b[at] - part) * share);
function luminance(rgb) {
    const [r, g, b] = rgb.map((part) => {
        const value = part / 255;
        return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours given as "#rrggbb", 1…21. */
export function contrast(first, second) {
    const [high, low] = [luminance(parse(first)), luminance(parse(second))].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
}

const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

// Moves `from` towards `to` until it has `ratio` against each of `backgrounds`.
function readable(from, to, ratio, backgrounds) {
    for (let share = 0; share <= 1; share += 0.02) {
        const tried = format(mix(from, to, share));
        if (backgrounds.every((background) => contrast(tried, background) >= ratio)) return tried;
    }
    return format(to);
}

/** The eight variants of an accent, each checked: text 4.5:1, fills 3:1 and their labels 4.5:1. */
export function variants(accent) {
    const base = parse(accent);
    const result = {};
    for (const [theme, surfaces, towards] of [["light", ["#ffffff", "#f8f8fa", "#f3f4f6"], BLACK], ["dark", ["#16181c", "#0e0f12", "#1c1f24"], WHITE]]) {
        const soft = format(mix(base, parse(surfaces[0]), theme === "light" ? 0.9 : 0.8));
        const seen = readable(base, towards, 3, [surfaces[0]]);
        let label = "#ffffff";
        let solid = seen;
        if (contrast(seen, label) < 4.5) {
            const darker = readable(parse(seen), BLACK, 4.5, ["#ffffff"]);
            if (contrast(darker, surfaces[0]) >= 3) solid = darker;
            else label = "#101114";
        }
        result[`--accent-${theme}`] = solid;
        result[`--on-accent-${theme}`] = label;
        result[`--accent-text-${theme}`] = readable(base, towards, 4.6, [...surfaces, soft]);
        result[`--accent-soft-${theme}`] = soft;
    }
    return result;
}

/** Applies an institution's accent ("#rrggbb") and remembers it for the next page's first paint. */
export function applyAccent(accent) {
    if (!/^#[0-9a-f]{6}$/i.test(accent || "")) return;
    const values = variants(accent.toLowerCase());
    for (const [name, value] of Object.entries(values)) root.style.setProperty(name, value);
    try {
        localStorage.setItem("cohort.accent", JSON.stringify(values));
    } catch {
        // Only the next first paint has the default accent.
    }
    announce();
}
