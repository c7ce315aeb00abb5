"""A forgotten password: asking for a letter, and what a link that is no more good says."""

from playwright.sync_api import expect


def test_the_sign_in_page_leads_to_the_letter(arrive, cast):
    page = arrive(None, allow=r"status of 503").page
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_role("heading", level=1, name="Forgot your password?")).to_be_visible()
    login = page.get_by_label("Login or email address")
    expect(login).to_be_focused()
    page.get_by_role("button", name="Send the email").click()
    expect(page.get_by_text("Type your login or your email address.")).to_be_visible()
    login.fill(cast["students"][9]["login"])
    page.keyboard.press("Enter")
    # The demo has no relay, and says so to everybody.
    expect(page.get_by_text("This server sends no emails")).to_be_visible()
    page.get_by_role("link", name="Back to sign-in").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_letter_that_is_sent_is_told_of(arrive):
    page = arrive(None).page
    page.route("**/api/v1/password_resets", lambda route: route.fulfill(status=202, json={"message": "On its way."}))
    page.goto("/password")
    page.get_by_label("Login or email address").fill("ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Look into your inbox")).to_be_visible()
    expect(page.get_by_role("status")).to_be_focused()


def test_a_new_password_is_long_and_its_link_good(arrive):
    page = arrive(None, allow=r"status of 410").page
    page.goto("/password/1.2.x")
    field = page.get_by_label("New password")
    expect(field).to_be_focused()
    field.fill("too short")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Take at least 10 characters")).to_be_visible()
    field.fill("long enough, it is")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="This link is too old")).to_be_visible()
    page.get_by_role("link", name="Ask for a new link").click()
    expect(page.get_by_label("Login or email address")).to_be_visible()


def test_another_sign_in_that_failed_is_explained(arrive, demo):
    page = arrive(None).page
    page.goto("/login/oidc/1")
    expect(page.get_by_text("There is no sign-in by way of your school here.")).to_be_visible()
    page.goto("/sign-in?problem=nonsense")
    expect(page.get_by_text("Signing in did not work.")).to_be_visible()
