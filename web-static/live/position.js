/**
 * Where a subscription stands in its channel's log: what was delivered, what comes next, what is missing.
 */

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
     * `fresh` means that the state begins anew with `snapshot` (which may be undefined where the channel has none);
     * otherwise the state goes on. Either way `publications` follow, in order. `gap` means that the reply itself
     * has a hole: ask again.
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
            // Recovered with nothing to tell: the reply's offset is where the log stands.
            this.offset = replyOffset;
        }
        return { fresh, snapshot, publications, gap, recovered };
    }

    /**
     * Judges one publication: `deliver`, `duplicate`, `gap`, or `ephemeral`; `deliver` moves the position.
     */
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
