import { webcrypto } from "node:crypto";

// Debian 12's Node 18 has Web Crypto, but not as a global.
globalThis.crypto ??= webcrypto;

/** A WebSocket that the test plays the server of. */
export class FakeSocket {
    static all = [];

    constructor(url) {
        this.url = url;
        this.frames = [];
        this.closed = false;
        FakeSocket.all.push(this);
    }

    static get last() {
        return FakeSocket.all.at(-1);
    }

    /** Every command sent so far, pings' answers included. */
    get commands() {
        return this.frames.flatMap((frame) => frame.split("\n")).map((line) => JSON.parse(line));
    }

    /** The last command of `kind`. */
    command(kind) {
        return this.commands.filter((command) => kind in command).at(-1);
    }

    send(text) {
        this.frames.push(text);
    }

    close() {
        this.closed = true;
    }

    /** The server accepts the connection. */
    open() {
        this.onopen();
    }

    /** The server sends `replies` in one frame. */
    say(...replies) {
        this.onmessage({ data: replies.map((reply) => JSON.stringify(reply)).join("\n") });
    }

    /** The connection ends. */
    drop(code = 1006, reason = "") {
        this.closed = true;
        this.onclose({ code, reason });
    }
}

/** Lets promises and microtasks run. */
export async function settle() {
    for (let index = 0; index < 12; index += 1) await Promise.resolve();
}

/** Waits (at most two seconds) until `condition()` is true. */
export async function until(condition, what = "condition") {
    const limit = Date.now() + 2_000;
    while (!condition()) {
        if (Date.now() > limit) throw new Error(`waited too long for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}

/** Replaces `setTimeout` by one that the test moves; put back when the test ends. */
export function fakeTimers(context) {
    const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
    let now = 0;
    const timers = new Set();
    globalThis.setTimeout = (run, wait = 0) => {
        const timer = { run, at: now + wait };
        timers.add(timer);
        return timer;
    };
    globalThis.clearTimeout = (timer) => timers.delete(timer);
    context.after(() => Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear }));
    return function tick(milliseconds) {
        now += milliseconds;
        for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
            if (timer.at <= now && timers.delete(timer)) timer.run();
        }
    };
}
