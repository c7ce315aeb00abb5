// English words of the search.

export default {
    "search.title": "Search",
    "search.where": "Where",
    "search.everywhere": "All my courses",
    "search.kind": "What",
    "search.all_kinds": "Everything",
    "search.pages": "Pages",
    "search.announcements": "Announcements",
    "search.discussions": "Discussions",
    "search.assignments": "Assignments",
    "search.files": "Files",
    "search.begin": "What are you looking for?",
    "search.begin_text": "Words in pages, announcements, discussions and files; names of people and courses. A typo does not matter.",
    "search.courses": "Courses",
    "search.in": "In {name}",
    "search.in_courses": "In my courses",
    "search.guesses": "Nothing has “{text}”; did you mean",
    "search.none": "Nothing found",
    "search.none_text": "Nothing fits “{text}”.",
    "search.away": "The search index is away for a moment. People and courses are still found.",
    "search.partly": "A part of the results could not be read.",
};
