// English words of the administration: tokens.

export default {
    "tokens.user": "Whose tokens? Name or login",
    "tokens.choose": "Choose a user",
    "tokens.choose_text": "You see what a token is for and when it was used, never its text, and you can revoke it.",
    "tokens.mine": "My tokens",
    "tokens.own": "My settings",
    "tokens.of": "Tokens of {name}",
    "tokens.none": "{name} has no tokens",
    "tokens.purpose": "Purpose",
    "tokens.app": "App: {name}",
    "tokens.made": "Made {time}",
    "tokens.scopes": "May do",
    "tokens.ends": "Expires",
    "tokens.revoke": "Revoke",
    "tokens.revoke_of": "Revoke {name}",
    "tokens.revoke_title": "Revoke “{name}”?",
    "tokens.revoke_text": "Programs that use it are shut out within two seconds. This cannot be undone.",
    "tokens.revoked": "“{name}” is revoked.",
};
