// What can be found, and where it leads: the same for the palette and the page of results.

import { get } from "../base/api.js";
import { h } from "../base/dom.js";
import { localPath } from "./parts.js";
import { codePointRanges, pieces } from "./match.js";

/** Text with what was looked for marked; `ranges` are `[start, length]`. */
export const marked = (text, ranges) => pieces(text, ranges).map((piece) => (piece.marked ? h("mark", piece.text) : piece.text));

export const SIGNS = { WikiPage: "text", Announcement: "announce", DiscussionTopic: "chat", Assignment: "quiz", Attachment: "file" };

/** Where a result in a course is shown. */
export function resultPath(course, result) {
    if (result.content_type === "Attachment") return `/courses/${course}/files?file=${result.content_id}`;
    if (result.content_type === "Assignment") return `/courses/${course}/gradebook`;
    return localPath(result.html_url, location.origin) ?? `/courses/${course}`;
}

/** Where in a result's `body` is what was looked for. */
export const resultRanges = (result) => codePointRanges(result.body ?? "", result.highlights ?? []);

export const inCourse = (course, q, options = {}) => get(`/api/v1/courses/${course}/smartsearch`, { query: { q, per_page: options.most ?? 10, filter: options.filter }, signal: options.signal })
    .then((answer) => answer.results);
export const catalogue = (search, options = {}) => get("/api/v1/search/all_courses", { query: { search, per_page: options.most ?? 10 }, signal: options.signal });
export const people = (search, options = {}) => get("/api/v1/search/recipients", { query: { search, type: "user", per_page: options.most ?? 10 }, signal: options.signal });

/** Where a person is shown to somebody who teaches one of the courses they share; null for everybody else. */
export function personPath(person, teaches) {
    const course = Object.keys(person.common_courses ?? {}).find((id) => teaches.has(Number(id)));
    return course ? `/courses/${course}/users?q=${encodeURIComponent(person.name)}` : null;
}
