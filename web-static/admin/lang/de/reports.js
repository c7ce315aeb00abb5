// Deutsche Wörter der Verwaltung, für einen Reiter.

export default {
    "reports.make": "Anfordern",
    "reports.none_text": "Er entsteht im Hintergrund; Sie können die Seite verlassen und wiederkommen.",
    "reports.text_institution_export": "Ein Zip mit allem: Personen, Kursen, Arbeiten und Dateien. Nur Sie bekommen es.",
    "reports.text_provisioning_csv": "Bereiche, Personen, Kurse und Einschreibungen in dem Format, das ein Import liest.",
    "reports.files": "Was er enthält",
    "reports.choose_one": "Kreuzen Sie mindestens eines an.",
    "reports.file_accounts": "Bereiche",
    "reports.file_terms": "Zeiträume",
    "reports.file_users": "Nutzer",
    "reports.file_courses": "Kurse",
    "reports.file_sections": "Abschnitte",
    "reports.file_xlists": "Zusammenlegungen",
    "reports.file_enrollments": "Einschreibungen",
    "reports.file_user_observers": "Eltern",
    "reports.file_admins": "Administratoren",
};
