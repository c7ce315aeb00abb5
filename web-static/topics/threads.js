// Entries of a discussion as trees, and which of them are unread. No element is touched here.

/**
 * The tree below an entry at the top. `replies` are all that stand under it, in any order; what replies to something that is
 * not there stands directly below the top. Oldest first. Returns `{ entry, children: [node] }`.
 */
export function thread(entry, replies) {
    const nodes = new Map([[entry.id, { entry, children: [] }]]);
    for (const reply of replies) nodes.set(reply.id, { entry: reply, children: [] });
    for (const reply of [...replies].sort((a, b) => a.id - b.id)) {
        const parent = nodes.get(reply.parent_id);
        (parent && parent.entry.id < reply.id ? parent : nodes.get(entry.id)).children.push(nodes.get(reply.id));
    }
    return nodes.get(entry.id);
}

/** Adds to a list of entries what is new, by their ids: the later version holds. */
export function merged(known, fresh) {
    const all = new Map(known.map((entry) => [entry.id, entry]));
    for (const entry of fresh) all.set(entry.id, entry);
    return [...all.values()];
}

/** What a topic is at a moment: "draft", "waiting", "closed" or "open". `now` in milliseconds. */
export function topicState(topic, now) {
    if (!topic.published) return "draft";
    if (topic.delayed_post_at && Date.parse(topic.delayed_post_at) > now) return "waiting";
    if (topic.locked || (topic.lock_at && Date.parse(topic.lock_at) <= now)) return "closed";
    return "open";
}
