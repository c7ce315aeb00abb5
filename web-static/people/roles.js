// Roles in a course and what people typed about whom to add. No element is touched here.

export const ROLES = ["student", "teacher", "ta", "designer", "observer"];

/** "StudentEnrollment" → "student". */
export const shortRole = (type) => type.replace(/Enrollment$/, "").toLowerCase();

/** "ta" → "TaEnrollment". */
export const longRole = (role) => `${role[0].toUpperCase()}${role.slice(1)}Enrollment`;

/** The roles that an institution made itself and still gives, out of the list of its account. */
export const ownRoles = (roles) => roles.filter((role) => role.workflow_state === "active" && ROLES.includes(shortRole(role.base_role_type)));

/** What an enrolment says of a chosen role: "ta", or "101:TeacherEnrollment" for one of the institution's own. */
export function roleFields(choice) {
    const own = /^(\d+):(\w+)$/.exec(choice);
    return own ? { type: own[2], role_id: Number(own[1]) } : { type: longRole(choice) };
}

/** The choice that an enrolment stands for, the other way round. */
export const roleChoice = (enrollment, own) => (own.some((role) => role.id === enrollment.role_id) ? `${enrollment.role_id}:${enrollment.type}` : shortRole(enrollment.type));

const ORDER = new Map(ROLES.map((role, at) => [role, at]));

/** A person's enrolments to show, without those in `gone`: teaching first. */
export const grouped = (enrollments, gone = new Set()) => enrollments
    .filter((enrollment) => !gone.has(enrollment.id))
    .sort((a, b) => (ORDER.get(shortRole(a.type)) === 0 ? 9 : 0) - (ORDER.get(shortRole(b.type)) === 0 ? 9 : 0) || a.id - b.id)
    .map((enrollment) => ({ enrollment }));

/** Logins out of a text: one per line, or separated by commas, semicolons or blanks; "Ada <ada@x.example>" as mail has it. */
export function logins(text) {
    const found = [];
    for (const line of text.split(/[\n,;]+/)) {
        const address = /<([^<>\s]+)>/.exec(line);
        const words = address ? [address[1]] : line.trim().split(/\s+/).filter(Boolean);
        for (const word of words) if (!found.some((one) => one.toLowerCase() === word.toLowerCase())) found.push(word);
    }
    return found;
}

/** Names out of a file: the first column of a CSV, or its column `login_id`, `login`, `email` or, for SIS IDs, `user_id` or `sis_user_id`. */
export function columnOf(text, sis = false) {
    const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim() !== "")
        .map((line) => (/[,;\t]/.test(line) ? line.split(/[,;\t]/) : [line]).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1").replaceAll('""', '"')));
    const names = sis ? ["user_id", "sis_user_id"] : ["login_id", "login", "email"];
    const at = names.map((name) => lines[0]?.findIndex((cell) => cell.toLowerCase() === name) ?? -1).find((place) => place >= 0);
    return (at === undefined ? lines : lines.slice(1)).map((cells) => cells[at ?? 0] ?? "").filter(Boolean);
}

/** A code that is easy to read aloud: without letters and digits that look alike. `random` gives numbers from 0 to below 1. */
export function newCode(random = Math.random, length = 6) {
    const signs = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    return Array.from({ length }, () => signs[Math.floor(random() * signs.length)]).join("");
}
