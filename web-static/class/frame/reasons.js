// Why something was not recorded, in words.
import { has, t } from "../../base/i18n.js";

/** The sentence for an outbox entry that was refused or failed. */
export function reasonText(entry) {
    const reason = entry?.reason ?? (entry?.state === "failed" ? "failed" : "unknown");
    return has(`reason.${reason}`) ? t(`reason.${reason}`) : t("reason.unknown");
}
