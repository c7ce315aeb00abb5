// Reports as a person reads them: how one stands, and whether its address is still good. No element is touched here.

/** "open", "ready", "gone" (it was there and is removed, or is somebody else's), "failed" or "aborted". */
export function standing(report) {
    if (report.status === "created" || report.status === "running") return "open";
    if (report.status === "complete") return report.attachment ? "ready" : "gone";
    return report.status === "aborted" ? "aborted" : "failed";
}

const MARGIN_MS = 15_000;

/** Whether a file's address can still be followed at `now`; one without an end always can. */
export function isFresh(address, now) {
    const expires = Number(/[?&]expires=(\d+)/.exec(address ?? "")?.[1] ?? 0) * 1000;
    return expires === 0 || expires - now > MARGIN_MS;
}
