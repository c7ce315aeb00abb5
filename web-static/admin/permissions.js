// What a role may do, as a list to tick: pure, no element is touched here.

const PARTS = /^url:([A-Z]+)\|(.+)$/;

/** What a path is about: its last word that is no parameter, `users` of `/api/v1/courses/:id/users/:id`. */
export const areaOf = (path) => path.split("/").filter((part) => part && !/^(api|v1|self)$/.test(part) && !/^[:*{]/.test(part)).slice(0, 2).join(" ").replaceAll("_", " ") || path;

/**
 * The ways in that the role's base has open, each `{ scope, verb, path, resource_name, enabled, fixed }`; `fixed` ones stay
 * as they are.
 */
export function entries(role, base) {
    return Object.entries(base.permissions).filter(([, permission]) => permission.enabled).flatMap(([scope]) => {
        const found = PARTS.exec(scope);
        if (!found) return [];
        const own = role?.permissions[scope];
        return [{ scope, verb: found[1], path: found[2], resource_name: areaOf(found[2]), enabled: own?.enabled ?? true, fixed: Boolean(own?.locked || own?.readonly) }];
    });
}

/** What is different from before, as the API takes it: `{ scope: { enabled } }`. */
export const changes = (before, ticked) => Object.fromEntries(before.filter((one) => !one.fixed && one.enabled !== ticked.has(one.scope))
    .map((one) => [one.scope, { enabled: ticked.has(one.scope), explicit: true }]));

/** How many of a role's ways in are open. */
export const openCount = (role) => Object.values(role.permissions).filter((permission) => permission.enabled).length;
