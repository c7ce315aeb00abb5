/**
 * One WebSocket, and the numbers of the protocol (Centrifugo client protocol v2) with what they mean for a client.
 */

/** Codes this client makes itself, as the reference SDK numbers them. */
export const CONNECTING = Object.freeze({ called: 0, transportClosed: 1, noPing: 2, subscribeTimeout: 3 });
export const DISCONNECTED = Object.freeze({ called: 0, unauthorized: 1, badProtocol: 2, messageSizeLimit: 3 });
export const SUBSCRIBING = Object.freeze({ called: 0, transportClosed: 1 });
export const UNSUBSCRIBED = Object.freeze({ called: 0, unauthorized: 1, clientClosed: 2 });
export const ERROR = Object.freeze({
    timeout: 1, transportClosed: 2, disconnected: 3, unsubscribed: 7, connectToken: 5, refreshToken: 6, badReply: 13,
});

/** The server's error code for an expired token. */
export const TOKEN_EXPIRED = 109;

/** Too many at a time, and too many in a time. */
const LIMITS = new Set([106, 111]);

/** Whether a limit was met that will let the same command pass later. */
export function isLimit(error) {
    return error.temporary === true && LIMITS.has(error.code);
}

/** A message was too big; coming back would only repeat it. */
const MESSAGE_TOO_BIG = 1009;

/** Whether a close or disconnect code means "do not come back". */
export function isTerminal(code) {
    return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000) || code === MESSAGE_TOO_BIG;
}

/** Whether an unsubscribe push asks for a new subscribe (2500 and above) rather than ending the subscription. */
export function asksResubscribe(code) {
    return code >= 2500;
}

/** Why a command has no result: a protocol error, a timeout, or a lost connection. */
export class LiveError extends Error {
    /** @param {boolean} temporary whether the same command may succeed later */
    constructor(code, message, temporary) {
        super(message);
        this.name = "LiveError";
        this.code = code;
        this.temporary = temporary;
    }
}

/** `WebSocket.OPEN`. */
const OPEN = 1;

/**
 * A single connection; it never reconnects, its owner makes a new one.
 *
 * `handlers`: `open()`, `push(push)`, `closed(code, reason)` (once, whatever ended it).
 */
export class Connection {
    #socket;
    #handlers;
    #pending = new Map();
    #outgoing = [];
    #flushing = false;
    #nextId = 1;
    #pong = false;
    #silence = 0;
    #silenceTimer;
    #ended = false;
    #commandTimeout;

    constructor(url, { WebSocket, commandTimeout, openTimeout }, handlers) {
        this.#handlers = handlers;
        this.#commandTimeout = commandTimeout;
        const socket = new WebSocket(url);
        this.#socket = socket;
        const opening = setTimeout(() => this.close(CONNECTING.transportClosed, "open timeout"), openTimeout);
        socket.onopen = () => {
            clearTimeout(opening);
            if (!this.#ended) handlers.open();
        };
        // One that was begun before us may be open already; its event is over then.
        if (socket.readyState === OPEN) queueMicrotask(socket.onopen);
        socket.onmessage = (event) => this.#receive(event.data);
        socket.onerror = () => {};
        socket.onclose = (event) => {
            clearTimeout(opening);
            this.#end(event.code ?? 1006, event.reason ?? "");
        };
    }

    /**
     * Sends a command; calls `done(error, result)` once, with a `LiveError` or the reply's content.
     *
     * No promise: a push in the same frame must find the reply handled. `timing(sentAt, receivedAt, result)` is told when.
     */
    command(kind, body, done, { timeout = this.#commandTimeout, timing } = {}) {
        if (this.#ended) {
            queueMicrotask(() => done(new LiveError(ERROR.transportClosed, "transport closed", true)));
            return;
        }
        const id = this.#nextId++;
        const timer = setTimeout(() => {
            this.#pending.delete(id);
            done(new LiveError(ERROR.timeout, "timeout", true));
        }, timeout);
        this.#pending.set(id, { kind, done, timer, timing, sentAt: Date.now() });
        this.#write({ id, [kind]: body });
    }

    /** Sends a message that has no reply. */
    send(data) {
        if (!this.#ended) this.#write({ send: { data } });
    }

    /** From now on the server pings: answers when `pong`, and gives up after `silence` milliseconds without traffic. */
    watch(silence, pong) {
        this.#silence = silence;
        this.#pong = pong;
        this.#heard();
    }

    /** Ends the connection from our side; `closed` is called at once, not when the peer has agreed. */
    close(code = CONNECTING.transportClosed, reason = "") {
        if (this.#ended) return;
        const socket = this.#socket;
        this.#end(code, reason);
        try {
            socket.close(1000);
        } catch {
            // A socket that never opened may refuse; it is given up either way.
        }
    }

    #write(command) {
        this.#outgoing.push(JSON.stringify(command));
        if (this.#flushing) return;
        this.#flushing = true;
        queueMicrotask(() => this.#flush());
    }

    #flush() {
        this.#flushing = false;
        if (this.#ended || this.#outgoing.length === 0) return;
        const frame = this.#outgoing.join("\n");
        this.#outgoing = [];
        this.#socket.send(frame);
    }

    #receive(text) {
        if (this.#ended) return;
        this.#heard();
        for (const line of String(text).split("\n")) {
            if (line === "") continue;
            let reply;
            try {
                reply = JSON.parse(line);
            } catch {
                this.close(CONNECTING.transportClosed, "bad protocol");
                return;
            }
            this.#dispatch(reply);
            if (this.#ended) return;
        }
    }

    #dispatch(reply) {
        if (reply.id) {
            const waiting = this.#pending.get(reply.id);
            if (!waiting) return;
            this.#pending.delete(reply.id);
            clearTimeout(waiting.timer);
            if (reply.error) {
                const { code, message, temporary } = reply.error;
                waiting.done(new LiveError(code, message ?? "", temporary === true));
            } else {
                const result = reply[waiting.kind] ?? {};
                waiting.timing?.(waiting.sentAt, Date.now(), result);
                waiting.done(undefined, result);
            }
        } else if (reply.push) {
            this.#handlers.push(reply.push);
        } else if (this.#pong) {
            this.#outgoing.push("{}");
            this.#flush();
        }
    }

    #heard() {
        if (this.#silence === 0) return;
        clearTimeout(this.#silenceTimer);
        this.#silenceTimer = setTimeout(() => this.close(CONNECTING.noPing, "no ping"), this.#silence);
    }

    #end(code, reason) {
        if (this.#ended) return;
        this.#ended = true;
        clearTimeout(this.#silenceTimer);
        const waiting = [...this.#pending.values()];
        this.#pending.clear();
        this.#handlers.closed(code, reason);
        for (const { timer, done } of waiting) {
            clearTimeout(timer);
            done(new LiveError(ERROR.transportClosed, "transport closed", true));
        }
    }
}
