// Roles in a course and what people typed about whom to add. No element is touched here.

export const ROLES = ["student", "teacher", "ta", "designer", "observer"];

/** "StudentEnrollment" → "student". */
export const shortRole = (type) => type.replace(/Enrollment$/, "").toLowerCase();

/** "ta" → "TaEnrollment". */
export const longRole = (role) => `${role[0].toUpperCase()}${role.slice(1)}Enrollment`;

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

/** A code that is easy to read aloud: without letters and digits that look alike. `random` gives numbers from 0 to below 1. */
export function newCode(random = Math.random, length = 6) {
    const signs = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    return Array.from({ length }, () => signs[Math.floor(random() * signs.length)]).join("");
}
