/**
 * One channel: its state, its place in the log, and the delivery of its events.
 */
import { asksResubscribe, ERROR, SUBSCRIBING, TOKEN_EXPIRED, UNSUBSCRIBED } from "./connection.js";
import { Emitter } from "./emitter.js";
import { Backoff } from "./timing.js";

/**
 * The bookkeeping of recovery, without any I/O.
 *
 * Publications with an offset are delivered once and in order; those without one ride along.
 */
export class Position {
    offset = 0;
    epoch = "";
    recoverable = false;
    /** Whether a reply has ever set the position. */
    known = false;

    /** The fields that ask for recovery in a subscribe command; empty when there is nothing to recover from. */
    request() {
        if (!this.known || !this.recoverable) return {};
        return { recover: true, offset: this.offset, epoch: this.epoch };
    }

    /**
     * Takes a subscribe reply and says what to do with it.
     *
     * `fresh`: the state begins anew with `snapshot`, which some channels have. `publications` follow, in order. `gap`: the reply
     * has a hole, ask again.
     */
    begin(reply) {
        const recovered = this.known && reply.recovered === true;
        const snapshot = reply.data;
        const fresh = snapshot !== undefined || !recovered || reply.epoch !== this.epoch;
        this.recoverable = reply.recoverable === true || reply.positioned === true;
        this.epoch = reply.epoch ?? "";
        const replyOffset = Number(reply.offset ?? 0);
        const listed = reply.publications ?? [];
        if (fresh) this.offset = snapshot === undefined && listed.length > 0
            ? Number(listed[0].offset ?? 1) - 1
            : replyOffset;
        this.known = true;

        const publications = [];
        let gap = false;
        for (const publication of listed) {
            const verdict = this.accept(publication);
            if (verdict === "gap") {
                gap = true;
                break;
            }
            if (verdict !== "duplicate") publications.push(publication);
        }
        if (!gap && listed.length === 0 && this.offset < replyOffset) {
            // Recovered with nothing to tell.
            this.offset = replyOffset;
        }
        return { fresh, snapshot, publications, gap, recovered };
    }

    /** `deliver`, `duplicate`, `gap`, or `ephemeral`; `deliver` moves the position. */
    accept(publication) {
        const offset = Number(publication.offset ?? 0);
        if (offset === 0 || !this.recoverable) return "ephemeral";
        if (offset <= this.offset) return "duplicate";
        if (offset > this.offset + 1) return "gap";
        this.offset = offset;
        return "deliver";
    }

    /** Forgets the position: the next subscribe begins anew. */
    reset() {
        this.offset = 0;
        this.epoch = "";
        this.known = false;
    }
}

/**
 * A subscription; made by `LiveClient.subscription(channel)`.
 *
 * Events: `state` (the new state) · `subscribed` ({fresh, snapshot, recovered, wasRecovering, missed}) ·
 * `publication` ({data, offset, info}) · `join` / `leave` (client info) · `unsubscribed` ({code, reason}) ·
 * `error` (LiveError). `subscribed` always comes before the publications of its reply.
 */
export class Subscription extends Emitter {
    /** `unsubscribed`, `subscribing` or `subscribed`. */
    state = "unsubscribed";
    #client;
    #position = new Position();
    #backoff = new Backoff();
    #retryTimer;
    #attempt = 0;

    constructor(client, channel) {
        super();
        this.#client = client;
        this.channel = channel;
    }

    /** The offset and epoch of what was delivered last. */
    get position() {
        return { offset: this.#position.offset, epoch: this.#position.epoch };
    }

    /** Subscribes now, or as soon as the client is connected. */
    subscribe() {
        if (this.state !== "unsubscribed") return;
        this.#enter("subscribing", { code: SUBSCRIBING.called, reason: "subscribe called" });
        this.connected();
    }

    /** Ends the subscription; nothing is delivered afterwards. */
    unsubscribe() {
        if (this.state === "unsubscribed") return;
        this.#client.command("unsubscribe", { channel: this.channel }, () => {});
        this.ended(UNSUBSCRIBED.called, "unsubscribe called");
    }

    /** The client has a connection: asks for the channel. Called by the client. */
    connected() {
        if (this.state !== "subscribing" || this.#client.state !== "connected") return;
        clearTimeout(this.#retryTimer);
        const attempt = ++this.#attempt;
        const recovery = this.#position.request();
        const body = { channel: this.channel, ...recovery };
        this.#client.command("subscribe", body, (error, reply) => {
            if (attempt !== this.#attempt || this.state !== "subscribing") return;
            if (error) this.#failed(error);
            else this.#opened(reply, recovery.recover === true);
        });
    }

    /** The connection is gone; the place in the log is kept. Called by the client. */
    disconnected() {
        clearTimeout(this.#retryTimer);
        this.#attempt += 1;
        if (this.state === "subscribed") {
            this.#enter("subscribing", { code: SUBSCRIBING.transportClosed, reason: "transport closed" });
        }
    }

    /** The subscription is over until `subscribe` is called again. Called by the client. */
    ended(code, reason) {
        clearTimeout(this.#retryTimer);
        this.#attempt += 1;
        this.#enter("unsubscribed", { code, reason });
        this.emit("unsubscribed", { code, reason });
    }

    /** A push for this channel. Called by the client. */
    receive(push) {
        if (push.unsubscribe) {
            const { code = 0, reason = "" } = push.unsubscribe;
            if (asksResubscribe(code) && this.state === "subscribed") {
                this.#enter("subscribing", { code, reason });
                this.connected();
            } else if (!asksResubscribe(code)) {
                this.ended(code, reason);
            }
            return;
        }
        if (this.state !== "subscribed") return;
        if (push.pub) this.#publication(push.pub);
        else if (push.join) this.emit("join", push.join.info);
        else if (push.leave) this.emit("leave", push.leave.info);
    }

    #publication(publication) {
        const verdict = this.#position.accept(publication);
        if (verdict === "duplicate") return;
        if (verdict === "gap") {
            this.#resume();
            return;
        }
        this.#deliver(publication);
    }

    #deliver({ data, offset, info }) {
        this.emit("publication", { data, offset: Number(offset ?? 0), info });
    }

    /** Something is missing: leaves the channel and asks again from the last place, in one frame. */
    #resume() {
        this.#enter("subscribing", { code: ERROR.badReply, reason: "gap" });
        this.#client.command("unsubscribe", { channel: this.channel }, () => {});
        this.connected();
    }

    #opened(reply, wasRecovering) {
        this.#backoff.reset();
        const { fresh, snapshot, publications, gap, recovered } = this.#position.begin(reply);
        this.#enter("subscribed", {});
        this.emit("subscribed", { fresh, snapshot, recovered, wasRecovering, missed: publications.length });
        for (const publication of publications) {
            if (this.state !== "subscribed") return;
            this.#deliver(publication);
        }
        if (gap && this.state === "subscribed") this.#resume();
    }

    #failed(error) {
        if (error.code === ERROR.timeout) {
            // An unanswered subscribe says that the connection is not worth keeping.
            this.#client.lost("subscribe timeout");
        } else if (error.code === ERROR.transportClosed) {
            // The client subscribes again once it is connected.
        } else if (error.temporary || error.code === TOKEN_EXPIRED) {
            this.emit("error", error);
            this.#retryTimer = setTimeout(() => this.connected(), this.#backoff.next());
        } else {
            this.emit("error", error);
            this.ended(error.code, error.message);
        }
    }

    #enter(state, why) {
        if (this.state === state) return;
        this.state = state;
        this.emit("state", { state, ...why });
    }
}
