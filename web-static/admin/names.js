// Names of users by id, asked for once each and a few at a time: answers of the server carry ids alone.

import { get } from "../base/api.js";
import { t } from "../base/i18n.js";

const AT_ONCE = 6;
const names = new Map();

/** The name, or "user 12" as long as it is not known. */
export const nameOf = (id) => names.get(id) ?? t("admin.user_id", { id: String(id) });

/** Keeps names that came with another answer. */
export const remember = (users) => { for (const user of users) names.set(user.id, user.name); };

/** Asks for those that are missing; who is gone keeps the number. */
export async function learn(ids) {
    const missing = ids.filter((id) => !names.has(id));
    const work = async () => {
        for (let id = missing.pop(); id !== undefined; id = missing.pop()) {
            try {
                names.set(id, (await get(`/api/v1/users/${id}`)).name);
            } catch (error) {
                if (error.status === 404) names.set(id, t("admin.user_id", { id: String(id) }));
            }
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}
