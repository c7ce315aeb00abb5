// Deutsche Wörter der Verwaltung, für einen Reiter.

export default {
    "terms.name": "Name",
    "terms.start": "Beginn",
    "terms.end": "Ende",
    "terms.none": "Keine Zeiträume",
    "terms.create": "Neuer Zeitraum",
    "terms.edit": "{name} bearbeiten",
    "terms.delete_title": "{name} löschen?",
    "terms.delete_text": "Nur ein Zeitraum ohne Kurse lässt sich löschen.",
    "terms.deleted": "{name} ist gelöscht.",
    "terms.refused": "{name} hat noch Kurse oder ist der Standardzeitraum.",
};
