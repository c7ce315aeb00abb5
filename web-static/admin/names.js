// Names of users and courses by id, asked for once each and a few at a time: answers of the server carry ids alone.

import { get } from "../base/api.js";
import { t } from "../base/i18n.js";

const AT_ONCE = 6;
const names = new Map();

/** The name, or "user 12" as long as it is not known. */
export const nameOf = (id) => names.get(id) ?? t("admin.user_id", { id: String(id) });

/** Keeps names that came with another answer. */
export const remember = (users) => { for (const user of users) names.set(user.id, user.name); };

/** Asks for those that are missing; who is gone keeps the number. */
export const learn = (ids) => ask(ids, names, "/api/v1/users/", "admin.user_id");

const titles = new Map();

/** The course's name, or "course 12" as long as it is not known. */
export const titleOf = (id) => titles.get(id) ?? t("admin.course_id", { id: String(id) });

/** Asks for the names of courses. */
export const learnCourses = (ids) => ask(ids, titles, "/api/v1/courses/", "admin.course_id");

async function ask(ids, known, path, unknown) {
    const missing = [...new Set(ids)].filter((id) => !known.has(id));
    const work = async () => {
        for (let id = missing.pop(); id !== undefined; id = missing.pop()) {
            try {
                known.set(id, (await get(`${path}${id}`)).name);
            } catch (error) {
                if (error.status === 404) known.set(id, t(unknown, { id: String(id) }));
            }
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}
