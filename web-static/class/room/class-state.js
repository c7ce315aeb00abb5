// The state of a class as its channel tells it: a pure fold of snapshot and events.

/** The state before anything is known. */
export function emptyState() {
    return {
        known: false, title: "", course: null, state: "loading", startedAt: null, scheduledAt: null, endedAt: null,
        locks: { chat: false, board: false, joining: false }, draw: "staff", stage: { kind: "board" },
        hands: [], here: 0, announcement: null, degraded: false,
    };
}

const INSTANT = (value) => (typeof value === "string" ? Date.parse(value) : value ?? null);

/** The state that a snapshot of `class:<c>` describes. */
export function fromSnapshot(snapshot) {
    const { class: info = {}, locks, draw, stage, hands, here, announcement, degraded } = snapshot;
    return {
        known: true,
        title: info.title ?? "", course: info.course ?? null, state: info.state ?? "live",
        startedAt: INSTANT(info.started_at), scheduledAt: INSTANT(info.scheduled_at), endedAt: INSTANT(info.ended_at),
        locks: { chat: false, board: false, joining: false, ...locks },
        draw: draw ?? "staff", stage: stage ?? { kind: "board" },
        hands: [...(hands ?? [])].sort((a, b) => a.at - b.at),
        here: here ?? 0, announcement: announcement ?? null, degraded: degraded === true,
    };
}

/**
 * What one event of `class:<c>` changes: `{ changes, subject }`, or null for what is unknown.
 *
 * `changes` are the fields of the state that are new; `subject` names what a view would redraw.
 */
export function change(state, event) {
    switch (event.type) {
    case "class.started":
        return { subject: "class", changes: { state: "live", startedAt: event.at, endedAt: null } };
    case "class.ended":
        return { subject: "class", changes: { state: "ended", endedAt: event.at, hands: [] } };
    case "class.locked":
        return { subject: "locks", changes: { locks: pick(event, state.locks) } };
    case "class.announcement":
        return { subject: "announcement", changes: { announcement: event } };
    case "class.count":
        return { subject: "here", changes: { here: event.here } };
    case "class.degraded":
        return { subject: "degraded", changes: { degraded: event.degraded === true } };
    case "hand.raised": {
        const others = state.hands.filter(({ id }) => id !== event.user.id);
        return { subject: "hands", changes: { hands: [...others, { ...event.user, at: event.at }] } };
    }
    case "hand.lowered":
        return { subject: "hands", changes: { hands: state.hands.filter(({ id }) => id !== event.user.id) } };
    case "board.allowed":
        return { subject: "draw", changes: { draw: event.draw } };
    case "stage.shown":
        return { subject: "stage", changes: { stage: event.stage } };
    case "member.removed":
        return { subject: "hands", changes: { hands: state.hands.filter(({ id }) => id !== event.user.id) } };
    default:
        return null;
    }
}

function pick(event, locks) {
    return Object.fromEntries(Object.keys(locks).map((name) => [name, event[name] ?? locks[name]]));
}

/** Whether somebody may draw now. */
export function mayDraw(state, me) {
    if (state.state !== "live") return false;
    if (me.staff) return true;
    if (state.locks.board) return false;
    return state.draw === "all" || (Array.isArray(state.draw) && state.draw.includes(me.id));
}
