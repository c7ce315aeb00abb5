import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../web-static/", import.meta.url));
const FOLDERS = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "lang", "en.js")));
const words = async (folder, language) => (await import(pathToFileURL(join(ROOT, folder, "lang", `${language}.js`)))).default;

for (const folder of FOLDERS) {
    test(`${folder}: every language has the same words, with the same values in them`, async () => {
        const [english, german] = [await words(folder, "en"), await words(folder, "de")];
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
