// English words of the list of courses.

export default {
    "home.title": "My courses",
    "home.all": "All courses",
    "home.live": "Live now",
    "home.join": "Join",
    "home.join_class": "Join {title}",
    "home.since": "started {when}",
    "home.live_count": { one: "{n} live class", other: "{n} live classes" },
    "home.search": "Find a course",
    "home.none_found": "No course found",
    "home.none_found_text": "None of your courses has “{text}” in its name or code.",
    "home.empty": "No courses yet",
    "home.empty_text": "As soon as you are enrolled, your courses appear here. If one is missing, ask your instructor to enrol you.",
    "home.empty_admin": "This institution has no courses yet. Create one through the API, and it appears here.",
    "enrollment.student": "Student",
    "enrollment.teacher": "Instructor",
    "enrollment.ta": "Assistant",
    "enrollment.observer": "Observer",
    "enrollment.designer": "Designer",
};
