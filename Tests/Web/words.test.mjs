import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../web-static/", import.meta.url));
const FOLDERS = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "lang", "en.js")));
const load = async (...path) => (await import(pathToFileURL(join(ROOT, ...path)))).default;
const words = async (folder, language) => load(folder, "lang", `${language}.js`);
/** The files of a page whose words are loaded in parts, by name. */
const parts = (folder, language) => (existsSync(join(ROOT, folder, "lang", language)) ? readdirSync(join(ROOT, folder, "lang", language)).map((file) => file.slice(0, -3)) : []);
const FILES = FOLDERS.flatMap((folder) => [[folder], ...parts(folder, "en").map((part) => [folder, part])]);

for (const [folder, part] of FILES) {
    test(`${folder}${part ? `, ${part}` : ""}: every language has the same words, with the same values in them`, async () => {
        const own = (language) => (part ? load(folder, "lang", language, `${part}.js`) : words(folder, language));
        const [english, german] = [await own("en"), await own("de")];
        assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
        const values = (text) => [...new Set((typeof text === "string" ? text : text.other).match(/\{\w+\}/g) ?? [])].sort();
        for (const key of Object.keys(english)) assert.deepEqual(values(german[key]), values(english[key]), key);
    });
}

test("every word that a course's page asks for by its name is there", async () => {
    const shared = { ...await words("base", "en"), ...await words("frame", "en") };
    for (const folder of ["frame", "home", "course", "modules", "pages", "topics", "files", "people", "course-settings", "search", "reports"]) {
        const own = { ...shared, ...await words(folder, "en") };
        for (const file of readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".js"))) {
            for (const [, key] of readFileSync(join(ROOT, folder, file), "utf8").matchAll(/\bt\("([a-z_]+\.[\w]+)"/g)) assert.ok(key in own, `${folder}/${file}: ${key}`);
        }
    }
});

// Names of kinds stand in the audit log's code that begin as words of other tabs do.
const ADMIN = join(ROOT, "admin");
const source = (file) => readFileSync(join(ADMIN, file), "utf8");

/** A module of the administration and what it imports there. */
function closure(file, found = new Set()) {
    if (found.has(file)) return found;
    found.add(file);
    for (const [, name] of source(file).matchAll(/(?:from |import\()"\.\/([\w-]+\.js)"/g)) closure(name, found);
    return found;
}

test("administration: a tab finds all of its words in the shared file and its own, each word stands once, and none is unused", async () => {
    assert.deepEqual(parts("admin", "de"), parts("admin", "en"));
    const shared = await words("admin", "en");
    const everywhere = { ...await words("base", "en"), ...await words("frame", "en"), ...shared };
    const own = new Map();
    for (const part of parts("admin", "en")) own.set(part, await load("admin", "lang", "en", `${part}.js`));
    const all = [...Object.keys(shared), ...[...own.values()].flatMap((one) => Object.keys(one))];
    assert.equal(new Set(all).size, all.length);

    const tabs = [...source("admin.js").matchAll(/\{ id: "(\w+)",(?: root: true,)?(?: words: (\[[^\]]*\]),)? load: \(\) => import\("\.\/([\w-]+\.js)"\)/g)];
    assert.ok(tabs.length >= 14);
    const used = new Set();
    for (const [, id, named, file] of [...tabs, [null, null, "[]", "admin.js"]]) {
        const mine = { ...everywhere };
        for (const part of named ? JSON.parse(named) : [id]) {
            assert.ok(own.has(part), `${id}: ${part}`);
            Object.assign(mine, own.get(part));
        }
        for (const name of id ? closure(file) : [file]) {
            const text = source(name);
            for (const [, key] of text.matchAll(/\bt\("([a-z_]+\.[\w.]+)"/g)) assert.ok(key in mine, `${name}, of the tab ${id}: ${key}`);
            for (const [, key] of text.matchAll(/["`]([a-z_]+\.[\w.]*)/g)) {
                for (const one of Object.keys(mine)) if (one === key || one.startsWith(key)) used.add(one);
            }
        }
    }
    assert.deepEqual(all.filter((key) => !used.has(key)), []);
});
