// English words of the sign-in page.

export default {
    "signIn.title": "Sign in to Cohort",
    "signIn.login": "Login",
    "signIn.password": "Password",
    "signIn.show": "Show password",
    "signIn.hide": "Hide password",
    "signIn.submit": "Sign in",
    "signIn.wrong": "The login or the password is not right.",
    "signIn.login_missing": "Type your login.",
    "signIn.password_missing": "Type your password.",
    "signIn.throttled": "Too many attempts.",
    "signIn.throttled_for": { one: "Try again in one second.", other: "Try again in {n} seconds." },
    "signIn.countdown": "Try again in {time}.",
    "signIn.choose": "Choose an institution",
    "signIn.choose_text": "You belong to more than one. You can switch later.",
    "signIn.other": "Sign in as someone else",
};
