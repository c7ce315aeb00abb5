/**
 * The live client: one connection that comes back by itself, and the channels and calls on it, in the Centrifugo client
 * protocol v2. Only `wakeWithPage` touches the document.
 */
import { CONNECTING, Connection, DISCONNECTED, ERROR, isTerminal, LiveError, TOKEN_EXPIRED } from "./connection.js";
import { Emitter } from "./emitter.js";
import { Subscription } from "./subscription.js";
import { Backoff, retryHint, ServerClock } from "./timing.js";

/** How much longer than the server's ping interval silence may last. */
const PING_GRACE = 10_000;

/** After this long without a network we try nevertheless. */
const OFFLINE_PATIENCE = 30_000;

/** How long a probe of a doubtful connection may take. */
const PROBE_TIMEOUT = 2_500;

/** Smaller codes are the client's own. */
const FIRST_OF_SERVER = 100;

function given(options) {
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * A client of one live server.
 *
 * Options: `token` or `getToken()` (async; null means the session cookie) · `data` sent with connect · `name` ·
 * `WebSocket` (a constructor, where there is none or another is wanted) · `commandTimeout` · `minimum` and `maximum`
 * reconnect delay · `random` and `isOnline()` for tests.
 *
 * Events: `state` ({state, code, reason, retryAt?}) · `connected` (connect reply) · `error` (LiveError) ·
 * `disconnect` ({code, reason}, terminal or called).
 */
export class LiveClient extends Emitter {
    /** `disconnected`, `connecting` or `connected`. */
    state = "disconnected";
    /** The server's time. */
    clock = new ServerClock();
    /** Local time (ms) since when the client is not connected, or null. */
    lostSince = null;
    /** Local time (ms) of the next attempt while one is planned, or null. */
    retryAt = null;
    #url;
    #options;
    #connection;
    #subscriptions = new Map();
    #backoff;
    #retryTimer;
    #refreshTimer;
    #token;
    #epoch = 0;

    constructor(url, options = {}) {
        super();
        this.#url = url;
        this.#options = {
            WebSocket: globalThis.WebSocket, commandTimeout: 5_000, name: "cohort-web", isOnline: () => globalThis.navigator?.onLine !== false,
            ...options,
        };
        this.#token = options.token;
        const { minimum, maximum, random } = options;
        this.#backoff = new Backoff(given({ minimum, maximum, random }));
    }

    /** Starts to connect; does nothing unless disconnected. */
    connect() {
        if (this.state !== "disconnected") return;
        this.lostSince ??= Date.now();
        this.#enter("connecting", { code: CONNECTING.called, reason: "connect called" });
        this.#attempt();
    }

    /** Ends the connection and stays disconnected until `connect` is called. */
    disconnect() {
        this.#stop(DISCONNECTED.called, "disconnect called");
    }

    /** The subscription of `channel`; the same object for every call until `forget`. */
    subscription(channel) {
        let subscription = this.#subscriptions.get(channel);
        if (!subscription) {
            subscription = new Subscription(this, channel);
            this.#subscriptions.set(channel, subscription);
        }
        return subscription;
    }

    /** Ends a subscription and forgets its place in the log. */
    forget(channel) {
        this.#subscriptions.get(channel)?.unsubscribe();
        this.#subscriptions.delete(channel);
    }

    /** Calls `method`; resolves with the reply's data, rejects with `LiveError` (temporary: may be sent again). */
    rpc(method, data, { timeout } = {}) {
        return new Promise((resolve, reject) => {
            this.command("rpc", { method, data }, (error, reply) => {
                if (error) reject(error);
                else resolve(reply.data);
            }, { timeout, timing: (sentAt, receivedAt, reply) => this.#sample(sentAt, receivedAt, reply.data) });
        });
    }

    /** Like `rpc`, for reads: a temporary error of the server's is tried again while the connection lasts. */
    async read(method, data, { tries = 5 } = {}) {
        const { minimum, maximum, random } = this.#options;
        const backoff = new Backoff(given({ minimum, maximum, random }));
        for (let left = tries - 1; ; left -= 1) {
            try {
                return await this.rpc(method, data);
            } catch (error) {
                if (left <= 0 || !error.temporary || error.code < FIRST_OF_SERVER || this.state !== "connected") throw error;
                await new Promise((resolve) => setTimeout(resolve, backoff.next(retryHint(error.message))));
            }
        }
    }

    /** Sends an ephemeral message; dropped (false) when not connected. */
    send(data) {
        if (this.state !== "connected") return false;
        this.#connection.send(data);
        return true;
    }

    /** Sends any protocol command with a callback; for subscriptions. */
    command(kind, body, done, options = {}) {
        if (this.state !== "connected") {
            queueMicrotask(() => done(new LiveError(ERROR.disconnected, "not connected", true)));
            return;
        }
        this.#connection.command(kind, body, done, options);
    }

    /** Gives the present connection up and makes another. */
    lost(reason) {
        if (this.#connection) this.#connection.close(CONNECTING.transportClosed, reason);
    }

    /** Tries at once; asks a connected server whether it is still there. */
    wake() {
        if (this.state === "connecting" && this.#connection === undefined) {
            this.#backoff.reset();
            clearTimeout(this.#retryTimer);
            this.#attempt();
        } else if (this.state === "connected") {
            const connection = this.#connection;
            connection.command("ping", {}, (error) => {
                if (error?.code === ERROR.timeout) connection.close(CONNECTING.noPing, "no answer");
            }, { timeout: PROBE_TIMEOUT });
        }
    }

    #attempt() {
        if (!this.#options.isOnline()) {
            // `wake` comes with the network.
            this.retryAt = null;
            this.#retryTimer = setTimeout(() => this.#begin(), OFFLINE_PATIENCE);
            return;
        }
        this.#begin();
    }

    #begin() {
        this.retryAt = null;
        const epoch = ++this.#epoch;
        if (this.#options.getToken && !this.#token) {
            this.#options.getToken().then((token) => {
                if (epoch !== this.#epoch) return;
                this.#token = token;
                this.#open(epoch);
            }, (error) => {
                if (epoch !== this.#epoch) return;
                if (error?.terminal) {
                    this.#stop(DISCONNECTED.unauthorized, "unauthorized");
                } else {
                    this.emit("error", new LiveError(ERROR.connectToken, String(error?.message ?? error), true));
                    this.#retry(0);
                }
            });
        } else {
            this.#open(epoch);
        }
    }

    #open(epoch) {
        const { WebSocket, commandTimeout } = this.#options;
        let hint = 0;
        const connection = new Connection(this.#url, { WebSocket, commandTimeout, openTimeout: 2 * commandTimeout }, {
            open: () => {
                const body = { name: this.#options.name };
                if (this.#token) body.token = this.#token;
                if (this.#options.data !== undefined) body.data = this.#options.data;
                connection.command("connect", body, (error, reply) => {
                    if (epoch !== this.#epoch || this.#connection !== connection) return;
                    if (!error) {
                        this.#connected(connection, reply);
                        return;
                    }
                    if (error.code === ERROR.transportClosed) return;
                    this.emit("error", error);
                    if (error.code === TOKEN_EXPIRED && this.#options.getToken) this.#token = undefined;
                    else if (!error.temporary) {
                        this.#stop(error.code, error.message);
                        return;
                    }
                    hint = retryHint(error.message);
                    connection.close(CONNECTING.transportClosed, error.message);
                }, { timing: (sentAt, receivedAt, reply) => this.clock.sample(reply.time, sentAt, receivedAt) });
            },
            push: (push) => this.#push(connection, push),
            closed: (code, reason) => this.#closed(connection, code, reason, hint),
        });
        this.#connection = connection;
    }

    #connected(connection, reply) {
        this.#backoff.reset();
        this.lostSince = null;
        if (reply.ping > 0) connection.watch(reply.ping * 1000 + PING_GRACE, reply.pong === true);
        if (reply.expires) this.#planRefresh(connection, reply.ttl);
        this.#enter("connected", {});
        this.emit("connected", reply);
        for (const subscription of this.#subscriptions.values()) subscription.connected();
    }

    #closed(connection, code, reason, hint) {
        if (this.#connection !== connection) return;
        this.#connection = undefined;
        clearTimeout(this.#refreshTimer);
        if (isTerminal(code)) {
            this.#stop(code, reason);
            return;
        }
        this.lostSince ??= Date.now();
        for (const subscription of this.#subscriptions.values()) subscription.disconnected();
        this.#retry(Math.max(hint, retryHint(reason)), code, reason);
    }

    #retry(hint, code = CONNECTING.transportClosed, reason = "") {
        const wait = this.#backoff.next(hint);
        this.retryAt = Date.now() + wait;
        this.#enter("connecting", { code, reason, retryAt: this.retryAt });
        this.#retryTimer = setTimeout(() => this.#attempt(), wait);
    }

    #stop(code, reason) {
        this.#epoch += 1;
        clearTimeout(this.#retryTimer);
        clearTimeout(this.#refreshTimer);
        this.retryAt = null;
        const connection = this.#connection;
        this.#connection = undefined;
        connection?.close(CONNECTING.transportClosed, reason);
        if (this.state === "disconnected") return;
        this.lostSince ??= Date.now();
        this.#enter("disconnected", { code, reason });
        for (const subscription of this.#subscriptions.values()) subscription.disconnected();
        this.emit("disconnect", { code, reason });
    }

    #push(connection, push) {
        if (this.#connection !== connection) return;
        if (push.disconnect) {
            connection.close(push.disconnect.code, push.disconnect.reason ?? "");
        } else if (push.channel) {
            this.#subscriptions.get(push.channel)?.receive(push);
        }
    }

    #planRefresh(connection, ttl) {
        if (!this.#options.getToken) return;
        clearTimeout(this.#refreshTimer);
        this.#refreshTimer = setTimeout(async () => {
            try {
                this.#token = await this.#options.getToken();
            } catch {
                this.#planRefresh(connection, 5);
                return;
            }
            if (this.#connection !== connection) return;
            connection.command("refresh", { token: this.#token }, (error, reply) => {
                if (error && !error.temporary) this.#stop(error.code, error.message);
                else if (error) this.#planRefresh(connection, 5);
                else if (reply.expires) this.#planRefresh(connection, reply.ttl);
            });
        }, Math.min(ttl, 86_400) * 1000);
    }

    /** Takes a time sample from a result made just now; a duplicate's `at` is that of long ago. */
    #sample(sentAt, receivedAt, data) {
        const time = data?.time ?? (data?.status === "recorded" || data?.status === "refused" ? data.at : undefined);
        if (time !== undefined) this.clock.sample(time, sentAt, receivedAt);
    }

    #enter(state, why) {
        const same = this.state === state;
        this.state = state;
        if (!same || why.retryAt) this.emit("state", { state, ...why });
    }
}


/**
 * Reconnects soon when the page is seen again or the network is back, and gives the connection up when it is gone; returns the
 * function that ends it.
 */
export function wakeWithPage(client, { page = document, frame = window } = {}) {
    const visible = () => { if (page.visibilityState === "visible") client.wake(); };
    const online = () => client.wake();
    const offline = () => client.lost("offline");
    page.addEventListener("visibilitychange", visible);
    frame.addEventListener("online", online);
    frame.addEventListener("offline", offline);
    frame.addEventListener("pageshow", visible);
    return () => {
        page.removeEventListener("visibilitychange", visible);
        frame.removeEventListener("online", online);
        frame.removeEventListener("offline", offline);
        frame.removeEventListener("pageshow", visible);
    };
}
