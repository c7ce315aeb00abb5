// Deutsche Wörter der Verwaltung, für einen Reiter.

export default {
    "tokens.user": "Wessen Schlüssel? Name oder Login",
    "tokens.choose": "Wählen Sie jemanden",
    "tokens.choose_text": "Sie sehen, wofür ein Schlüssel ist und wann er benutzt wurde, nie seinen Text, und können ihn widerrufen.",
    "tokens.mine": "Meine Schlüssel",
    "tokens.own": "Meine Einstellungen",
    "tokens.of": "Schlüssel von {name}",
    "tokens.none": "{name} hat keine Schlüssel",
    "tokens.purpose": "Zweck",
    "tokens.app": "App: {name}",
    "tokens.made": "Angelegt {time}",
    "tokens.scopes": "Darf",
    "tokens.ends": "Läuft ab",
    "tokens.revoke": "Widerrufen",
    "tokens.revoke_of": "{name} widerrufen",
    "tokens.revoke_title": "„{name}“ widerrufen?",
    "tokens.revoke_text": "Programme, die ihn benutzen, sind binnen zwei Sekunden ausgesperrt. Das lässt sich nicht rückgängig machen.",
    "tokens.revoked": "„{name}“ ist widerrufen.",
};
