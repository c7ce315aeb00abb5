// Deutsche Wörter der Dateien, die im Hintergrund entstehen.

export default {
    "reports.of": "Angefordert {time}",
    "reports.none": "Noch keine",
    "reports.progress": "Fortschritt",
    "reports.waiting": "Wartet, bis es an der Reihe ist",
    "reports.running": "{share} % fertig",
    "reports.until": "aufbewahrt bis {day}",
    "reports.gone": "Die Datei ist entfernt. Fordern Sie eine neue an.",
    "reports.others": "Nur {name}, von wem die Anforderung kam, bekommt die Datei.",
    "reports.failed": "Sie konnte nicht erstellt werden. Fordern Sie sie noch einmal an.",
    "reports.aborted": "Abgebrochen",
    "reports.lost": "Es geht weiter; diese Seite fragt weiter nach.",
    "reports.download": "Herunterladen",
    "reports.download_of": "Herunterladen: {name}",
    "reports.cancel_of": "Abbrechen: {name}",
    "reports.remove_of": "Entfernen: {name}",
    "reports.said_ready": "Die Datei ist bereit.",
    "reports.said_gone": "Die Datei ist entfernt.",
    "reports.said_failed": "Die Datei konnte nicht erstellt werden.",
    "reports.said_aborted": "Abgebrochen.",
};
