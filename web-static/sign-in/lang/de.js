// Deutsche Wörter der Anmeldeseite.

export default {
    "signIn.title": "Bei Cohort anmelden",
    "signIn.login": "Anmeldename",
    "signIn.password": "Passwort",
    "signIn.show": "Passwort zeigen",
    "signIn.hide": "Passwort verbergen",
    "signIn.submit": "Anmelden",
    "signIn.wrong": "Anmeldename oder Passwort stimmt nicht.",
    "signIn.login_missing": "Geben Sie Ihren Anmeldenamen ein.",
    "signIn.password_missing": "Geben Sie Ihr Passwort ein.",
    "signIn.throttled": "Zu viele Versuche.",
    "signIn.throttled_for": { one: "Versuchen Sie es in einer Sekunde noch einmal.", other: "Versuchen Sie es in {n} Sekunden noch einmal." },
    "signIn.countdown": "Noch einmal in {time}.",
    "signIn.choose": "Einrichtung wählen",
    "signIn.choose_text": "Sie gehören zu mehreren. Sie können später wechseln.",
    "signIn.other": "Als jemand anderes anmelden",
};
