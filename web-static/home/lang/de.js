// Deutsche Wörter der Kursliste.

export default {
    "home.title": "Meine Kurse",
    "home.all": "Alle Kurse",
    "home.live": "Jetzt live",
    "home.join": "Teilnehmen",
    "home.join_class": "An {title} teilnehmen",
    "home.since": "begann {when}",
    "home.live_count": { one: "{n} Stunde live", other: "{n} Stunden live" },
    "home.search": "Kurs suchen",
    "home.none_found": "Kein Kurs gefunden",
    "home.none_found_text": "Keiner Ihrer Kurse hat „{text}“ im Namen oder Kürzel.",
    "home.empty": "Noch keine Kurse",
    "home.empty_text": "Sobald Sie eingeschrieben sind, erscheinen Ihre Kurse hier. Fehlt einer, bitten Sie Ihre Lehrkraft, Sie einzuschreiben.",
    "home.empty_admin": "Diese Einrichtung hat noch keine Kurse. Legen Sie einen über die Schnittstelle an, dann erscheint er hier.",
    "enrollment.student": "Lernende:r",
    "enrollment.teacher": "Lehrkraft",
    "enrollment.ta": "Assistenz",
    "enrollment.observer": "Beobachter:in",
    "enrollment.designer": "Gestalter:in",
};
