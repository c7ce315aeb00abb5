// Events of the audit log as sentences: which sentence, and who stands in it.

/** The kinds that there is a sentence for; there may be further ones. */
export const KINDS = ["sign_in.succeeded", "sign_in.failed", "sign_out", "session.revoked", "token.created", "token.changed", "token.revoked",
    "role.granted", "role.taken", "password_reset.requested", "password_reset.completed", "parent.linked", "parent.unlinked", "pairing_code.created",
    "oidc.configured", "oidc.removed", "oidc.linked", "developer_key.created", "developer_key.changed",
    "developer_key.deleted", "app.allowed", "app.replayed", "institution.suspended", "institution.activated",
    "user.created", "user.changed", "user.suspended", "user.unsuspended", "user.deleted", "enrollment.granted", "enrollment.changed", "enrollment.ended",
    "account.created", "account.changed", "account.deleted", "institution.changed", "sis_import.started", "sis_import.aborted", "sis_import.restored", "sis_import.ended",
    "report.requested", "erasure.confirmed", "erasure.completed", "retention.changed"];

/**
 * An event as `{ key, actor, subject, other, details }`: `key` is "audit.kind." and the kind, with ".self" where one did it to oneself;
 * the people are ids or null.
 */
export function sentence(event) {
    const known = KINDS.includes(event.kind);
    const self = event.actor_id !== null && event.actor_id === event.user_id;
    const parent = event.details?.parent_id ?? null;
    return {
        key: known ? `audit.kind.${event.kind}${self ? ".self" : ""}` : "audit.kind.other",
        actor: event.actor_id, subject: event.user_id, other: parent, details: event.details ?? {},
    };
}

/** The courses whose names the events need, each once. */
export const courses = (events) => [...new Set(events.map((event) => event.details?.course_id).filter((id) => id !== undefined))];

/** The people whose names the events need, each once. */
export const people = (events) => [...new Set(events.flatMap((event) => {
    const { actor, subject, other } = sentence(event);
    return [actor, subject, other];
}).filter((id) => id !== null))];
