import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../web-static/", import.meta.url));
const PAGES = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "index.html")));

/** What a page loads at once beside its entry's own graph. */
const BESIDE = { class: ["class/board/board.js"] };

/** What the class page's first load may weigh, compressed, without response headers (about 400 bytes each). */
const MOST_BYTES = 100_000;
const MOST_REQUESTS = 44;

const exists = (path) => existsSync(join(ROOT, path));
const read = (path) => readFileSync(join(ROOT, path), "utf8");

/** The modules that `path` imports statically, and those that it imports when it wants to. */
function imports(path) {
    const text = read(path).replace(/^\s*(?:\*|\/\/).*$/gm, "");
    const at = (match) => normalize(join(dirname(path), match[1]));
    return {
        fixed: [...text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?\s*"(\.[^"]+)";/gm)].map(at),
        later: [...text.matchAll(/\bimport\("(\.[^"]+)"\)/g)].map(at),
    };
}

/** `path` and everything that is loaded before it runs. */
function graph(path, seen = new Set()) {
    if (!seen.has(path)) {
        seen.add(path);
        for (const other of imports(path).fixed) graph(other, seen);
    }
    return seen;
}

function parts(page) {
    const html = read(`${page}/index.html`);
    const all = (pattern) => [...html.matchAll(pattern)].map((match) => match[1]);
    return {
        html,
        entry: all(/<script type="module" src="\/static\/([^"]+)"/g)[0],
        scripts: all(/<script src="\/static\/([^"]+)"/g),
        styles: all(/<link rel="stylesheet" href="\/static\/([^"]+)"/g),
        preloaded: all(/<link rel="modulepreload" href="\/static\/([^"]+)"/g),
    };
}

function wanted(page) {
    const { entry } = parts(page);
    const whole = graph(entry);
    for (const path of BESIDE[page] ?? []) graph(path, whole);
    return [...whole].filter((path) => path !== entry).sort();
}

for (const page of PAGES) {
    test(`${page}: preloads exactly the modules that its first sight needs`, () => {
        assert.deepEqual([...parts(page).preloaded].sort(), wanted(page));
    });

    test(`${page}: comes from this server alone`, () => {
        assert.doesNotMatch(read(`${page}/index.html`), /(?:src|href)="(?:https?:)?\/\//);
    });
}

test("pages for those who are signed in ask for the session before their modules", () => {
    for (const page of PAGES.filter((name) => !["sign-in", "password", "authorize"].includes(name))) {
        assert.match(parts(page).html, /<link rel="preload" href="\/api\/v1\/session" as="fetch" crossorigin="anonymous">/, page);
    }
});

test("every import names a module that is there", () => {
    const files = readdirSync(ROOT, { recursive: true }).filter((path) => path.endsWith(".js"));
    for (const path of files) {
        const { fixed, later } = imports(path);
        for (const other of [...fixed, ...later]) assert.ok(exists(other), `${path} imports ${other}`);
    }
});

test("the class page's first load stays small", () => {
    const { entry, scripts, styles } = parts("class");
    const files = ["class/index.html", entry, ...scripts, ...styles, ...wanted("class")];
    const size = files.reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
    assert.ok(size <= MOST_BYTES, `${size} bytes compressed`);
    assert.ok(files.length <= MOST_REQUESTS, `${files.length} requests`);
});

test("no page's first load is larger than the class page's may be", () => {
    for (const page of PAGES) {
        const { entry, scripts, styles } = parts(page);
        const files = [`${page}/index.html`, entry, ...scripts, ...styles, ...wanted(page)];
        const size = files.reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
        assert.ok(size <= MOST_BYTES, `${page}: ${size} bytes compressed`);
    }
});

test("the class page loads by itself nothing that only a later moment needs", () => {
    const first = new Set(wanted("class"));
    for (const path of ["base/dialog.js", "class/quiz/quiz-card.js", "class/quiz/quiz-desk.js", "class/people/roster.js",
        "class/frame/staff-controls.js", "class/frame/farewell.js", "class/board/gestures.js", "class/board/layers.js", "class/board/minimap.js",
        "class/lang/de.js"]) {
        assert.ok(exists(path), path);
        assert.ok(!first.has(path), path);
    }
});

test("every page's first script knows where the page's words are", () => {
    for (const page of PAGES) {
        assert.match(parts(page).html, new RegExp(`<script src="/static/base/early.js" data-words="${page}"`));
        for (const language of ["en", "de"]) assert.ok(exists(`${page}/lang/${language}.js`), `${page}: ${language}`);
    }
});
