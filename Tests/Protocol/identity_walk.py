"""Tokens, sessions, passwords, providers of sign-in, parents and the audit log, walked through against the contract.

Used by check_server.py. Letters go to a real relay, Tests/Tools/smtp_relay.py.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]

#: What a server needs to be told, to send letters to the relay at a port.
CONFIG = """mail:
  host: localhost
  port: {port}
  security: none
  from: cohort@northfield.example
web:
  public-url: https://cohort.example
"""


def walk(check, users, folder):
    """Everything; `folder` is where the relay writes letters."""
    tokens(check, users)
    sessions(check, users)
    parents(check, users)
    providers(check, users)
    apps(check, users)
    passwords(check, users, folder)
    audit(check, users)


def tokens(check, users):
    """Access tokens: made, limited, listed, changed, revoked; and what a limited one may not."""
    who, admin, other = users["students"][0], users["admin"], users["students"][1]
    path = f"/api/v1/users/{who['id']}/tokens"
    wish = {"token": {"purpose": "Checked", "scopes": ["url:GET|/api/v1/courses"], "expires_at": "2999-01-01T00:00:00Z"}}
    made = check.send(who, "POST", path, 201, json=wish)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = check.send(who, "POST", path, 201, headers=key, json=wish)
    again = check.send(who, "POST", path, 201, headers=key, json=wish)
    if {**again, "visible_token": first["visible_token"]} != first or "visible_token" in again:
        check.complaints.append("a token is shown twice, or made twice for one key")
    check.send(who, "POST", path, 201, data={"token[purpose]": "By a form", "token[scopes][]": "url:GET|/api/v1/courses"})
    check.send(who, "POST", path, 400, json={"token": {"purpose": "x", "scopes": ["url:GET|/nothing"]}})
    check.send(who, "POST", path, 400, json={"token": {}})
    check.send(admin, "POST", path, 403, json=wish)
    limited = {"login": "a limited token", "api_token": made["visible_token"]}
    check.send(limited, "GET", "/api/v1/courses", 200)
    for method, elsewhere in (("GET", "/api/v1/users/self"), ("POST", path), ("POST", "/api/v1/live_token")):
        refused = check.send(limited, method, elsewhere, 403, json=wish if method == "POST" else None)
        if refused.get("code") != "insufficient_scope":
            check.complaints.append(f"{method} {elsewhere} with a limited token: {refused}")
    for reader in (who, admin):
        check.send(reader, "GET", path, 200)
        check.send(reader, "GET", f"/api/v1/users/{who['id']}/user_generated_tokens", 200)
        check.send(reader, "GET", f"{path}/{made['id']}", 200)
    check.send(other, "GET", path, 403)
    check.pages(who, path)
    check.send(who, "PUT", f"{path}/{made['id']}", 200, json={"token": {"purpose": "Renamed", "expires_at": None}})
    check.send(who, "PUT", f"{path}/{made['id']}", 400, json={"token": {"regenerate": True}})
    check.send(admin, "DELETE", f"{path}/{made['id']}", 200)
    check.send(admin, "DELETE", f"{path}/{made['id']}", 404)


def sessions(check, users):
    """Sessions of a browser: seen and ended, by oneself and by an admin."""
    who, admin = users["students"][1], users["admin"]
    path, both = "/api/v1/users/self/sessions", {"login": who["login"], "password": who["password"]}
    browsers = [requests.Session() for _ in range(3)]
    for browser in browsers:
        made = check.send(None, "POST", "/api/v1/session", 201, session=browser, json=both,
                          headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
        browser.headers["X-CSRF-Token"] = made["csrf_token"]
    listed = check.send(None, "GET", path + "?per_page=100", 200, session=browsers[0])
    if {item["browser"] for item in listed} < {"Firefox on Linux"} or sum(item["current"] for item in listed) != 1:
        check.complaints.append(f"sessions are listed as {listed}")
    check.send(None, "DELETE", f"{path}/{listed[-1]['id']}", 204, session=browsers[0])
    check.send(None, "DELETE", f"{path}/{listed[-1]['id']}", 404, session=browsers[0])
    check.send(None, "DELETE", path, 204, session=browsers[0])
    if len(check.send(None, "GET", path, 200, session=browsers[0])) != 1:
        check.complaints.append("other sessions did not end")
    check.send(who, "DELETE", f"/api/v1/users/{who['id']}/sessions", 403)
    check.send(admin, "DELETE", f"/api/v1/users/{who['id']}/sessions", 204)
    time.sleep(2)  # What a session's cache may take.
    check.send(None, "GET", path, 401, session=browsers[0])


def parents(check, users):
    """Codes, passwords and admins make parents; the links are read and ended."""
    child, other, parent, admin = users["students"][0], users["students"][1], users["parent"], users["admin"]
    path = f"/api/v1/users/{parent['id']}/observees"
    codes = f"/api/v1/users/{child['id']}/observer_pairing_codes"
    check.send(other, "POST", codes, 403)
    code = check.send(child, "POST", codes, 200)["code"]
    check.send(admin, "POST", codes, 200)
    check.send(parent, "POST", path, 200, json={"pairing_code": f" {code.lower()}"})
    check.send(parent, "POST", path, 400, json={"pairing_code": code})
    check.send(parent, "POST", path, 400, json={})
    check.send(admin, "POST", path, 200, data={"observee[unique_id]": other["login"], "observee[password]": other["password"]})
    for reader in (parent, admin):
        check.send(reader, "GET", path, 200)
        check.send(reader, "GET", f"{path}/{child['id']}", 200)
    check.send(child, "GET", path, 403)
    check.pages(parent, path)
    above = f"/api/v1/users/{child['id']}/observers"
    check.send(child, "GET", above, 200)
    check.send(child, "GET", f"{above}/{parent['id']}", 200)
    check.send(child, "GET", f"{above}/{other['id']}", 404)
    check.send(parent, "DELETE", f"{path}/{child['id']}", 200)
    check.send(parent, "GET", f"{path}/{child['id']}", 404)
    check.send(parent, "PUT", f"{path}/{child['id']}", 403)
    check.send(admin, "PUT", f"{path}/{child['id']}", 200)


def providers(check, users):
    """The provider of sign-ins is set and taken away; browsers without one are sent back."""
    path, admin = "/api/v1/oidc_provider", users["admin"]
    check.send(admin, "GET", path, 404)
    wish = {"issuer": "https://login.invalid", "client_id": "cohort", "client_secret": "W7s0q2kX"}
    check.send(admin, "PUT", path, 200, json=wish)
    check.send(admin, "PUT", path, 200, json={"oidc_provider": wish})
    check.send(admin, "PUT", path, 400, json={**wish, "issuer": "http://login.invalid"})
    check.send(admin, "GET", path, 200)
    check.send(users["instructor"], "GET", path, 403)
    check.send(None, "GET", "/api/v1/sign_in?institution=1", 200)
    check.send(admin, "DELETE", path, 204)
    check.send(None, "GET", "/api/v1/sign_in", 200)
    check.send(None, "GET", "/login/oidc/1?return=/ops", 303)
    check.send(None, "GET", "/login/oidc/callback?code=x&state=y", 303)


def apps(check, users):
    """Apps are registered, ask people for access, and get tokens for a yes."""
    admin, who = users["admin"], users["students"][4]
    path = "/api/v1/accounts/self/developer_keys"
    wish = {"developer_key": {"name": "Grade Pal", "redirect_uris": ["https://app.example/back"], "email": "dev@app.example"}}
    made = check.send(admin, "POST", path, 200, json=wish)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = check.send(admin, "POST", path, 200, headers=key, json={"developer_key": {**wish["developer_key"], "client_type": "public"}})
    again = check.send(admin, "POST", path, 200, headers=key, json={"developer_key": {**wish["developer_key"], "client_type": "public"}})
    if first != again or "api_key" in first:
        check.complaints.append("an app is registered twice for one key, or a public one has a secret")
    check.send(admin, "POST", path, 400, json={"developer_key": {"name": "x", "redirect_uris": ["javascript:alert(1)"]}})
    check.send(who, "POST", path, 403, json=wish)
    check.send(who, "GET", path, 403)
    check.pages(admin, path)
    check.send(admin, "GET", path, 200)
    one = f"/api/v1/developer_keys/{made['id']}"
    check.send(admin, "PUT", one, 200, json={"developer_key": {"notes": "For phones", "workflow_state": "inactive"}})
    check.send(admin, "PUT", one, 200, data={"developer_key[workflow_state]": "on"})
    check.send(admin, "PUT", one, 400, json={"developer_key": {"scopes": ["url:GET|/nothing"]}})

    def query(**more):
        return urllib.parse.urlencode({
            "client_id": made["client_id"], "response_type": "code", "redirect_uri": "https://app.example/back", "state": "s",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256", **more})

    browser = requests.Session()
    signed_in = check.send(None, "POST", "/api/v1/session", 201, session=browser, json={"login": who["login"], "password": who["password"]})
    browser.headers["X-CSRF-Token"] = signed_in["csrf_token"]
    for more in ({}, {"client_id": "1~999"}, {"response_type": "token"}, {"prompt": "none"}):
        check.send(None, "GET", f"/login/oauth2/auth?{query(**more)}", 303, session=browser)
        check.send(None, "GET", f"/login/oauth2/request?{query(**more)}", 200, session=browser)
    check.send(None, "POST", "/login/oauth2/accept", 400, session=browser, json={"query": query(client_id="1~999"), "allow": True})
    check.send(None, "POST", "/login/oauth2/accept", 200, session=browser, json={"query": query(), "allow": False})
    check.send(who, "POST", "/login/oauth2/accept", 403, json={"query": query(), "allow": True})

    def exchange(expected, **more):
        answer = check.send(None, "POST", "/login/oauth2/accept", 200, session=browser, json={"query": query(), "allow": True})
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer["location"]).query)["code"][0]
        return check.send(None, "POST", "/login/oauth2/token", expected, data={
            "grant_type": "authorization_code", "client_id": made["client_id"], "client_secret": made["api_key"], "code": code,
            "redirect_uri": "https://app.example/back", "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", **more})

    given = exchange(200)
    exchange(400, code_verifier="x" * 43)
    exchange(401, client_secret="wrong")
    exchange(400, grant_type="password")
    renewed = check.send(None, "POST", "/login/oauth2/token", 200, json={
        "grant_type": "refresh_token", "client_id": made["client_id"], "client_secret": made["api_key"],
        "refresh_token": given["refresh_token"]})
    app = {"login": "an app", "api_token": renewed["access_token"]}
    check.send(app, "GET", "/api/v1/users/self/tokens", 200)
    check.send(app, "DELETE", "/login/oauth2/token", 200)
    check.send(app, "GET", "/api/v1/users/self", 401)
    check.send(None, "DELETE", "/login/oauth2/token", 403, session=browser)
    check.send(None, "GET", "/.well-known/oauth-authorization-server", 200)
    # A passing web session is in nobody's way afterwards.
    check.send(None, "DELETE", "/api/v1/session", 204, session=browser)
    check.send(admin, "DELETE", one, 200)
    check.send(admin, "DELETE", one, 404)


def passwords(check, users, folder):
    """A password is asked for, the letter read, and the password set: once."""
    who = users["students"][3]
    path = "/api/v1/password_resets"
    known = check.send(None, "POST", path, 202, json={"login": who["login"]})
    if known != check.send(None, "POST", path, 202, data={"login": "nobody@northfield.example"}):
        check.complaints.append("who exists is told apart")
    check.send(None, "POST", path, 400, json={})
    deadline = time.monotonic() + 30
    while not (letter := folder / "letter-1.json").is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = json.loads(letter.read_text())["data"].replace("=\r\n", "")
    link = f"{path}/" + re.search(r"/password/(\S+)", text).group(1)
    check.send(None, "PUT", link, 400, json={"password": "short"})
    check.send(None, "PUT", link, 204, json={"password": "a password of another kind"})
    check.send(None, "PUT", link, 410, json={"password": "a password of a third kind"})
    check.send(None, "POST", "/api/v1/session", 401, json={"login": who["login"], "password": who["password"]})
    who["password"] = "a password of another kind"
    check.send(None, "POST", "/api/v1/session", 201, json={"login": who["login"], "password": who["password"]})


def audit(check, users):
    """What happened above is in the log, for admins."""
    path, admin = "/api/v1/audit/events", users["admin"]
    check.send(users["instructor"], "GET", path, 403)
    check.send(admin, "GET", f"{path}?kind=Never", 400)
    check.send(admin, "GET", f"{path}?user_id={users['students'][0]['id']}&from=2020-01-01&to=2999-01-01", 200)
    kinds = set()
    url = f"{check.base}{path}?per_page=100"
    while url:
        answer = requests.get(url, headers={"Authorization": f"Bearer {admin['api_token']}"}, timeout=30)
        kinds |= {event["kind"] for event in answer.json()["events"]}
        url = answer.links.get("next", {}).get("url")
    wanted = {"sign_in.succeeded", "sign_out", "session.revoked", "token.created", "token.changed", "token.revoked",
              "password_reset.requested", "password_reset.completed", "parent.linked", "parent.unlinked",
              "pairing_code.created", "oidc.configured", "oidc.removed", "role.granted", "developer_key.created",
              "developer_key.changed", "developer_key.deleted", "app.allowed"}
    if wanted - kinds:
        check.complaints.append(f"the log lacks {wanted - kinds}")


class Relay:
    """A real relay for the server's letters, which writes them into a folder; `with Relay() as relay:`."""

    def __enter__(self):
        self.own = tempfile.TemporaryDirectory(prefix="cohort-letters-")
        self.folder = pathlib.Path(self.own.name)
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "Tests" / "Tools" / "smtp_relay.py"), str(self.folder)])
        ready = self.folder / "ready.json"
        deadline = time.monotonic() + 30
        while not ready.is_file():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the relay for letters did not start")
            time.sleep(0.05)
        self.config = CONFIG.format(port=json.loads(ready.read_text())["port"])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.own.cleanup()
