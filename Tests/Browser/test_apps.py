"""An app asks somebody to be let in: the whole way, in a browser and with a stock client (Authlib)."""

import contextlib
import http.server
import re
import threading
import urllib.parse

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from Rig.api import Api
from visitors import sign_in

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
COURSES, ME = "url:GET|/api/v1/courses", "url:GET|/api/v1/users/:id"


class Back(http.server.BaseHTTPRequestHandler):
    """The app's own page, to which people are led back."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><html lang=en><link rel=icon href='data:,'><title>App</title><h1>Back in the app</h1>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def app(demo, cast):
    """An app that an admin has registered, with a page of its own: `{"client_id", "secret", "uri", "id"}`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Back)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://127.0.0.1:{server.server_port}/back"
    admin = Api(demo.base, cast["admin"])
    made = admin.post("/api/v1/accounts/self/developer_keys", {"developer_key": {
        "name": "Grade Pal", "redirect_uris": [uri], "email": "dev@app.example"}})
    yield {"client_id": made["client_id"], "secret": made["api_key"], "uri": uri, "id": made["id"]}
    with contextlib.suppress(Exception):
        admin.request("DELETE", f"/api/v1/developer_keys/{made['id']}")
    server.shutdown()
    server.server_close()


def client(demo, app, scope=None):
    """A stock client of OAuth 2.0, which does nothing that is not in the standard."""
    return OAuth2Session(app["client_id"], app["secret"], scope=scope, redirect_uri=app["uri"],
                         code_challenge_method="S256", token_endpoint=f"{demo.base}/login/oauth2/token")


def ask(demo, app, session, **more):
    """Where the app sends people."""
    return session.create_authorization_url(f"{demo.base}/login/oauth2/auth", code_verifier=VERIFIER, **more)


def test_a_stock_client_gets_tokens_of_whoever_signs_in_and_says_yes(demo, cast, arrive, app):
    student, session = cast["students"][3], client(demo, app, f"{COURSES} {ME}")
    url, state = ask(demo, app, session, purpose="A laptop")
    visitor = arrive(None, allow=r"status of 401")
    page = visitor.page
    page.goto(url)
    # The sign-in page comes first, and leads back.
    page.wait_for_url(re.compile(r"/sign-in\?return="))
    page.get_by_label("Login").fill(student["login"])
    page.get_by_label("Password", exact=True).fill(student["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Let “Grade Pal” in?")).to_be_focused()
    card = page.get_by_role("main")
    expect(card).to_contain_text(f"at {demo.first['name']}")
    expect(card).to_contain_text("A laptop")
    expect(card).to_contain_text("read: courses, users")
    expect(card).to_contain_text(student["login"])
    page.get_by_text("Exactly what it asks for").click()
    expect(page.get_by_text("GET /api/v1/courses", exact=True)).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Back in the app")).to_be_visible()
    token = session.fetch_token(authorization_response=page.url, state=state, code_verifier=VERIFIER)
    assert token["token_type"] == "Bearer" and token["expires_in"] == 3600
    assert session.get(f"{demo.base}/api/v1/users/self").json()["id"] == token["user"]["id"]
    assert session.get(f"{demo.base}/api/v1/session").status_code == 403
    old = token["access_token"]
    session.refresh_token(f"{demo.base}/login/oauth2/token", refresh_token=token["refresh_token"])
    assert session.token["access_token"] != old
    assert session.get(f"{demo.base}/api/v1/users/self").status_code == 200
    assert requests.get(f"{demo.base}/api/v1/users/self", headers={"Authorization": f"Bearer {old}"}, timeout=30).status_code == 401
    # In the settings it stands with its app, and is revoked.
    page.goto(f"{demo.base}/settings#tokens")
    row = page.get_by_role("row").filter(has_text="App: Grade Pal")
    expect(row).to_contain_text("A laptop")
    row.get_by_role("button", name="Revoke A laptop").click()
    page.get_by_role("button", name="Revoke", exact=True).last.click()
    expect(row).to_have_count(0)
    assert session.get(f"{demo.base}/api/v1/users/self").status_code == 401


def test_whoever_refuses_is_led_back_without_anything(demo, cast, arrive, app):
    visitor = arrive(cast["students"][4])
    url, state = ask(demo, app, client(demo, app))
    visitor.page.goto(url)
    expect(visitor.page.get_by_text("do everything that you may do here")).to_be_visible()
    # By the keyboard alone.
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("button", name="Refuse")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("heading", name="Back in the app")).to_be_visible()
    said = urllib.parse.parse_qs(urllib.parse.urlsplit(visitor.page.url).query)
    assert said["error"] == ["access_denied"] and said["state"] == [state] and "code" not in said


def test_an_app_that_cannot_be_trusted_sends_nobody_anywhere(demo, cast, arrive, app):
    visitor = arrive(cast["students"][4])
    url, _ = ask(demo, app, client(demo, {**app, "uri": "http://127.0.0.1:9/elsewhere"}))
    visitor.page.goto(url)
    expect(visitor.page.get_by_role("heading", name="This app cannot be let in")).to_be_visible()
    expect(visitor.page.get_by_role("alert")).to_contain_text("an address that it is not registered for")
    assert visitor.page.url.startswith(f"{demo.base}/login/oauth2/confirm")
    answer = requests.get(f"{demo.base}/login/oauth2/confirm", timeout=30)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_person_of_two_institutions_goes_over_to_the_apps(demo, cast, arrive, app):
    visitor = arrive(None)
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_label("Login").fill("robin.castellanos@northfield.example")
    page.get_by_label("Password", exact=True).fill(cast["instructor"]["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("group", name="Choose an institution").get_by_role("button", name=demo.second["name"]).click()
    expect(page.get_by_role("heading", name="My courses", level=1)).to_be_visible()
    page.goto(ask(demo, app, client(demo, app))[0])
    expect(page.get_by_role("heading", name="Another institution")).to_be_visible()
    page.get_by_role("button", name=f"Go on at {demo.first['name']}").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Back in the app")).to_be_visible()
    assert "code=" in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_question_is_for_everybody(demo, cast, arrive, app, photograph, phone, theme):
    visitor = arrive(cast["parent"], phone=phone, theme=theme)
    visitor.page.goto(ask(demo, app, client(demo, app, f"{COURSES} url:PUT|/api/v1/users/:id"))[0])
    expect(visitor.page.get_by_role("heading", name="Let “Grade Pal” in?")).to_be_visible()
    expect(visitor.page.get_by_text("read and change: users")).to_be_visible()
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, found.generate_report()
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(visitor, f"consent-{'phone' if phone else 'desktop'}-{theme}")


def test_the_question_speaks_german(demo, cast, arrive, app):
    visitor = arrive(cast["students"][5])
    visitor.context.add_init_script("localStorage.setItem('cohort.language', 'de')")
    visitor.page.goto(ask(demo, app, client(demo, app, COURSES))[0])
    expect(visitor.page.get_by_role("heading", name="„Grade Pal“ einlassen?")).to_be_visible()
    expect(visitor.page.get_by_text("lesen: courses")).to_be_visible()
    visitor.page.get_by_role("button", name="Ablehnen").click()
    expect(visitor.page.get_by_role("heading", name="Back in the app")).to_be_visible()


def test_an_app_may_have_somebody_sign_in_anew(demo, cast, arrive, app):
    visitor = arrive(None, allow=r"status of 401")
    page = visitor.page
    sign_in(page, cast["students"][6])
    page.goto(ask(demo, app, client(demo, app), force_login="1", unique_id=cast["students"][7]["login"])[0])
    page.wait_for_url(re.compile(r"/sign-in\?return="))
    expect(page.get_by_label("Login")).to_have_value(cast["students"][7]["login"])
    page.get_by_label("Password", exact=True).fill(cast["students"][7]["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Let “Grade Pal” in?")).to_be_visible()
    expect(page.get_by_text(f"({cast['students'][7]['login']})")).to_be_visible()


def test_an_app_without_an_address_has_the_code_shown(demo, cast, arrive):
    admin = Api(demo.base, cast["admin"])
    made = admin.post("/api/v1/accounts/self/developer_keys", {"developer_key": {
        "name": "Old Phone", "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"]}})
    app = {"client_id": made["client_id"], "secret": made["api_key"], "uri": "urn:ietf:wg:oauth:2.0:oob"}
    visitor, session = arrive(cast["students"][5]), client(demo, app)
    visitor.page.goto(ask(demo, app, session)[0])
    visitor.page.get_by_role("button", name="Allow").click()
    shown = visitor.page.get_by_role("textbox", name="Your code")
    expect(shown).to_be_visible()
    token = session.fetch_token(code=shown.input_value(), code_verifier=VERIFIER)
    assert session.get(f"{demo.base}/api/v1/users/self").json()["id"] == token["user"]["id"]
    admin.request("DELETE", f"/api/v1/developer_keys/{made['id']}")
    assert session.get(f"{demo.base}/api/v1/users/self").status_code == 401


def test_an_admin_registers_an_app_switches_it_off_and_deletes_it(demo, cast, arrive, photograph):
    visitor = arrive(cast["admin"], allow=r"status of 400")
    page = visitor.page
    page.goto("/accounts")
    page.wait_for_url(re.compile(r"/accounts/\d+"))
    page.get_by_role("link", name="Apps").click()
    page.get_by_role("button", name="Register an app").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Timetable")
    dialog.get_by_label("Addresses that people are led back to").fill("http://nowhere.example/")
    dialog.get_by_role("button", name="Register an app").click()
    expect(dialog.get_by_label("Addresses that people are led back to")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Addresses that people are led back to").fill("https://timetable.example/back")
    dialog.get_by_role("button", name="Register an app").click()
    expect(page.get_by_text("Timetable is registered")).to_be_visible()
    expect(page.get_by_role("textbox", name="Client secret")).to_have_value(re.compile(r"^[\w-]{43}$"))
    row = page.get_by_role("row").filter(has_text="Timetable")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    photograph(visitor, "admin-apps")
    row.get_by_role("button", name="What to do with Timetable").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row.get_by_text("off", exact=True)).to_be_visible()
    row.get_by_role("button", name="What to do with Timetable").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(row).to_have_count(0)
