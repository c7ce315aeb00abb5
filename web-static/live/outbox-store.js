/**
 * What of a tab survives a reload: its unanswered mutations (local storage, one item per mutation, shared by the tabs),
 * and its name, by which it finds them again and leaves alone those of the tabs that are open.
 */
import { uuid } from "./emitter.js";

/** Milliseconds after which a stored mutation is not sent any more; a class does not last longer. */
export const LIFETIME = 12 * 60 * 60_000;

/** The most mutations kept; more are held in memory only. */
const LIMIT = 500;

/** The stored mutations of one user in one class. */
export class OutboxStore {
    #storage;
    #prefix;

    /** @param storage `localStorage` or anything with its methods; undefined keeps nothing */
    constructor(storage, user, classId) {
        this.#storage = storage;
        this.#prefix = `cohort.outbox.${user}.${classId}.`;
    }

    /** Stores `entry`; a full or forbidden storage is no error, the entry then lives in memory only. */
    put(entry) {
        try {
            if (this.keys().length >= LIMIT) return;
            const { key, method, data, at, owner, about } = entry;
            this.#storage?.setItem(this.#prefix + key, JSON.stringify({ key, method, data, at, owner, about }));
        } catch {
            // Private windows and full disks refuse; the entry is still sent from memory.
        }
    }

    /** Forgets the mutation `key`. */
    remove(key) {
        try {
            this.#storage?.removeItem(this.#prefix + key);
        } catch {
            // As above.
        }
    }

    /** Every stored mutation, oldest first; old and unreadable ones are removed. */
    all(now = Date.now()) {
        const entries = [];
        for (const key of this.keys()) {
            try {
                const entry = JSON.parse(this.#storage.getItem(this.#prefix + key));
                if (now - entry.at > LIFETIME) this.remove(key);
                else entries.push(entry);
            } catch {
                this.remove(key);
            }
        }
        return entries.sort((a, b) => a.at - b.at);
    }

    /** The keys of the stored mutations. */
    keys() {
        const keys = [];
        try {
            for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
                const name = this.#storage.key(index);
                if (name?.startsWith(this.#prefix)) keys.push(name.slice(this.#prefix.length));
            }
        } catch {
            return [];
        }
        return keys;
    }
}

/** Where a tab keeps its name, and what its lock is called. */
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
