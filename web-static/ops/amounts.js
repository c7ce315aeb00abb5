// How numbers are written on this page: always with their unit, and a dash for what was not measured.

import { fixed, t } from "../base/i18n.js";

/** A number with `digits` decimals and its unit: "1.5 ms". */
export const show = (value, { digits = 1, unit = "" } = {}) => (value === null || value === undefined ? "–" : unit ? `${fixed(value, digits)}\u202f${unit}` : fixed(value, digits));

/** How long something has lasted, in its two largest parts. */
export function duration(seconds) {
    const days = Math.floor(seconds / 86_400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    return days > 0 ? t("ops.days_hours", { days, hours }) : hours > 0 ? t("ops.hours_minutes", { hours, minutes }) : t("ops.minutes", { n: minutes });
}
