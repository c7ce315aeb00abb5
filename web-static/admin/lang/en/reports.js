// English words of the administration: reports.

export default {
    "reports.make": "Ask for it",
    "reports.none_text": "It is made in the background; you can leave this page and come back.",
    "reports.text_institution_export": "A zip with everything: people, courses, work and files. Only you get it.",
    "reports.text_provisioning_csv": "Accounts, people, courses and enrolments in the format that an import reads.",
    "reports.files": "What it holds",
    "reports.choose_one": "Tick at least one.",
    "reports.file_accounts": "Accounts",
    "reports.file_terms": "Terms",
    "reports.file_users": "Users",
    "reports.file_courses": "Courses",
    "reports.file_sections": "Sections",
    "reports.file_xlists": "Cross-lists",
    "reports.file_enrollments": "Enrolments",
    "reports.file_user_observers": "Parents",
    "reports.file_admins": "Admins",
};
