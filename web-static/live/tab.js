/**
 * Which tab is which: a name that survives a reload, and the names of the tabs that are open.
 */
import { uuid } from "./emitter.js";

const ITEM = "cohort.tab";

/**
 * Takes this tab's name, holding a lock on it for as long as the page lives.
 *
 * A duplicated tab inherits the name with the session storage, finds it locked, and takes a new one.
 */
export async function takeTab() {
    let name = sessionStorage.getItem(ITEM) ?? uuid();
    if (navigator.locks) {
        while (!(await hold(name))) name = uuid();
    }
    sessionStorage.setItem(ITEM, name);
    return name;
}

/** Whether the tab `name` is open, as far as can be known; without locks nobody else is. */
export async function openTabs() {
    if (!navigator.locks) return new Set();
    const { held } = await navigator.locks.query();
    return new Set(held.map((lock) => lock.name).filter((name) => name.startsWith(ITEM)).map((name) =>
        name.slice(ITEM.length + 1)));
}

function hold(name) {
    return new Promise((resolve) => {
        navigator.locks.request(`${ITEM}.${name}`, { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock === null ? undefined : new Promise(() => {});
        });
    });
}
