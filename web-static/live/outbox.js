/**
 * Mutations on their way: each is sent with its key until the server has answered, and never twice at once.
 */
import { isLimit } from "./connection.js";
import { Emitter, uuid } from "./emitter.js";
import { Backoff, retryHint } from "./timing.js";

/** Refusals that only ask for patience. */
const PATIENCE = new Set(["rate_limited", "busy", "unavailable"]);

/**
 * The outbox of one user in one class.
 *
 * An entry is `{key, method, data, at, about, state, result?, reason?, error?}`; `about` is the caller's note to itself
 * (for instance which message is edited). States: `pending` (waiting for a connection) → `sending` → `recorded`,
 * `refused` (the server said no: `reason`) or `failed` (the command was wrong: `error`). `recorded` includes the
 * server's `duplicate`: it stands, once.
 *
 * Events: `change` (entry), after every step.
 */
export class Outbox extends Emitter {
    #client;
    #store;
    #classId;
    #owner;
    #entries = new Map();
    #waiting = new Map();
    #connectedState = false;

    /** @param {{client, store, classId, owner}} parts `client` has `state`, `on`, `rpc`; `owner` names this tab */
    constructor({ client, store, classId, owner = "" }) {
        super();
        this.#client = client;
        this.#store = store;
        this.#classId = classId;
        this.#owner = owner;
        this.#connectedState = client.state === "connected";
        client.on("state", ({ state }) => {
            this.#connectedState = state === "connected";
            if (this.#connectedState) this.flush();
        });
    }

    /** Entries without an answer, oldest first. */
    get open() {
        return [...this.#entries.values()].filter(({ state }) => state === "pending" || state === "sending");
    }

    /** All entries this tab knows of, oldest first. */
    get entries() {
        return [...this.#entries.values()];
    }

    /** The entry with `key`, or undefined. */
    entry(key) {
        return this.#entries.get(key);
    }

    /** Names this tab; what is put in from now on belongs to it. */
    rename(owner) {
        this.#owner = owner;
    }

    /**
     * Takes over what an earlier page left behind: this tab's own entries and those of tabs that are gone.
     *
     * @param {Set<string>} alive the tabs that are open
     */
    adopt(alive) {
        for (const stored of this.#store.all()) {
            if (this.#entries.has(stored.key)) continue;
            if (stored.owner !== this.#owner && alive.has(stored.owner)) continue;
            const entry = { ...stored, owner: this.#owner, state: "pending", durable: true };
            this.#entries.set(entry.key, entry);
            this.#store.put(entry);
            this.emit("change", entry);
        }
        this.flush();
    }

    /**
     * Puts a mutation in and sends it as soon as possible; returns the entry at once.
     *
     * With `durable: false` it does not survive a reload (a click on "lock chat" should not come back tomorrow).
     */
    put(method, data, { durable = true, about, key = uuid() } = {}) {
        const entry = { key, method, data, at: Date.now(), owner: this.#owner, about, state: "pending", durable };
        this.#entries.set(key, entry);
        if (durable) this.#store.put(entry);
        this.emit("change", entry);
        this.#send(entry);
        return entry;
    }

    /** Puts a mutation in and resolves with the settled entry. */
    call(method, data, options) {
        const entry = this.put(method, data, options);
        return this.settled(entry.key);
    }

    /** Resolves with the entry once it is recorded, refused or failed. */
    settled(key) {
        const entry = this.#entries.get(key);
        if (!entry || !["pending", "sending"].includes(entry.state)) return Promise.resolve(entry);
        return new Promise((resolve) => {
            const end = this.on("change", (changed) => {
                if (changed.key !== key || ["pending", "sending"].includes(changed.state)) return;
                end();
                resolve(changed);
            });
        });
    }

    /** Sends a refused or failed entry again under a new key (the old key's answer is final); returns the new entry. */
    retry(key) {
        const old = this.#entries.get(key);
        this.forget(key);
        return old && this.put(old.method, old.data, { durable: old.durable, about: old.about });
    }

    /** Drops an entry; one that is being sent may still be recorded. */
    forget(key) {
        clearTimeout(this.#waiting.get(key)?.timer);
        this.#waiting.delete(key);
        this.#entries.delete(key);
        this.#store.remove(key);
    }

    /** Sends everything that waits, in the order it was put in; called on every connect. */
    flush() {
        for (const entry of this.#entries.values()) {
            clearTimeout(this.#waiting.get(entry.key)?.timer);
            this.#send(entry);
        }
    }

    #send(entry) {
        if (entry.state !== "pending" || !this.#connectedState) return;
        this.#change(entry, { state: "sending" });
        this.#client.rpc(entry.method, { class: this.#classId, key: entry.key, ...entry.data }).then(
            (result) => this.#answered(entry, result ?? {}),
            (error) => this.#unanswered(entry, error),
        );
    }

    #answered(entry, result) {
        if (result.status === "refused" && (PATIENCE.has(result.reason) || result.retry_after_ms > 0)) {
            this.#change(entry, { state: "pending", reason: result.reason });
            this.#later(entry, result.retry_after_ms ?? 0);
            return;
        }
        this.#store.remove(entry.key);
        this.#waiting.delete(entry.key);
        if (result.status === "refused") this.#change(entry, { state: "refused", reason: result.reason, result });
        else this.#change(entry, { state: "recorded", reason: undefined, result });
    }

    #unanswered(entry, error) {
        if (error.temporary === false) {
            this.#store.remove(entry.key);
            this.#waiting.delete(entry.key);
            this.#change(entry, { state: "failed", error });
            return;
        }
        // It may have been recorded: the same key makes sending again safe.
        this.#change(entry, { state: "pending", reason: isLimit(error) ? "rate_limited" : undefined });
        this.#later(entry, retryHint(error.message));
    }

    #later(entry, hint) {
        const waiting = this.#waiting.get(entry.key) ?? { backoff: new Backoff() };
        this.#waiting.set(entry.key, waiting);
        clearTimeout(waiting.timer);
        waiting.timer = setTimeout(() => this.#send(entry), waiting.backoff.next(hint));
    }

    #change(entry, fields) {
        Object.assign(entry, fields);
        if (this.#entries.has(entry.key)) this.emit("change", entry);
    }
}
