// Deutsche Wörter der Suche.

export default {
    "search.title": "Suche",
    "search.where": "Wo",
    "search.everywhere": "Alle meine Kurse",
    "search.kind": "Was",
    "search.all_kinds": "Alles",
    "search.pages": "Seiten",
    "search.announcements": "Ankündigungen",
    "search.discussions": "Diskussionen",
    "search.assignments": "Aufgaben",
    "search.files": "Dateien",
    "search.begin": "Was suchen Sie?",
    "search.begin_text": "Wörter in Seiten, Ankündigungen, Diskussionen und Dateien; Namen von Personen und Kursen. Ein Tippfehler macht nichts.",
    "search.courses": "Kurse",
    "search.in": "In {name}",
    "search.in_courses": "In meinen Kursen",
    "search.guesses": "Nichts enthält „{text}“; meinten Sie",
    "search.none": "Nichts gefunden",
    "search.none_text": "Nichts passt zu „{text}“.",
    "search.away": "Der Suchindex ist gerade nicht da. Personen und Kurse werden trotzdem gefunden.",
    "search.partly": "Ein Teil der Ergebnisse konnte nicht gelesen werden.",
};
