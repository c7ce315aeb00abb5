"""One's own account: profile, devices, access tokens, parents; and a parent's page of children."""

import re
import time

import pytest
from playwright.sync_api import expect
from Rig.api import Api, Refused
from test_pages import is_sound
from visitors import OFFLINE_NOISE, sign_in


def field(page, label):
    """A field with what is said of it: the input, and its problem."""
    control = page.get_by_label(label, exact=True)
    return control, control.locator("xpath=ancestor::div[contains(@class,'field')][1]").locator(".problem")


def test_the_profile_says_what_is_wrong_beside_the_field_and_keeps_what_is_right(arrive, cast):
    page = arrive(cast["students"][20], allow=r"status of 400").page
    page.goto("/profile/settings")
    name, said = field(page, "Name")
    name.fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(said).to_have_text("Fill this in.")
    expect(name).to_be_focused()
    name.fill("Linh Tran-Nguyen")
    email, said = field(page, re.compile("^Email"))
    email.fill("no address")
    page.keyboard.press("Enter")
    expect(said).to_have_text("This is no e-mail address.")
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    email.fill("linh@northfield.example")
    zone, said = field(page, "Time zone")
    zone.fill("Moon/Base")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Must be a time zone")
    zone.fill("Europe/Berlin")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Linh Tran-Nguyen")
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Europe/Berlin")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Einstellungen")).to_be_visible()


def test_without_a_network_nothing_is_lost_and_nothing_is_claimed(arrive, cast):
    visitor = arrive(cast["students"][20], allow=OFFLINE_NOISE)
    page = visitor.page
    page.goto("/settings")
    page.get_by_label("Short name", exact=True).fill("Lin")
    visitor.context.set_offline(True)
    expect(page.get_by_text(re.compile("^Offline since"))).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("You are offline. Check your connection and try again.")).to_be_visible()
    expect(page.get_by_label("Short name", exact=True)).to_have_value("Lin")
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()


def test_the_password_is_changed_by_a_letter_and_a_server_without_letters_says_so(arrive, cast):
    page = arrive(cast["students"][20], allow=r"status of 503").page
    page.goto("/settings#password")
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_text("This server sends no emails")).to_be_visible()


def test_a_token_is_shown_once_does_what_it_may_and_is_revoked(arrive, cast, demo, photograph):
    visitor = arrive(cast["students"][21], allow=r"status of 40[03]")
    page = visitor.page
    page.goto("/settings#tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    create = dialog.get_by_role("button", name="New token")
    create.click()
    purpose, said = field(page, "Purpose")
    expect(said).to_have_text("Fill this in.")
    purpose.fill("Grade export")
    ends, said = field(page, re.compile("^Expires"))
    ends.fill("2020-01-01T10:00")
    create.click()
    expect(said).to_have_text("This must lie in the future.")
    ends.fill("2099-01-01T10:00")
    dialog.get_by_role("button", name="Only what I choose").click()
    # Students are not told the list of scopes: they type what a program's manual names.
    typed = dialog.get_by_role("textbox", name="Scopes, one per line")
    typed.fill("url:GET|/api/v1/nonsense")
    create.click()
    expect(typed.locator("xpath=ancestor::div[contains(@class,'field')][1]").locator(".problem")).not_to_be_empty()
    typed.fill("url:GET|/api/v1/courses")
    create.click()
    expect(dialog).to_have_count(0)
    shown = page.get_by_role("textbox", name="The token “Grade export”")
    expect(shown).to_be_focused()
    is_sound(visitor.page, False)
    photograph(visitor, "token-fresh")
    text = shown.input_value()
    api = Api(demo.base, {"api_token": text})
    assert api.get("/api/v1/courses")[0]["id"] == demo.ready["course_id"]
    with pytest.raises(Refused) as refused:
        api.get("/api/v1/users/self/profile")
    assert refused.value.status == 403
    page.reload()
    row = page.get_by_role("row", name=re.compile("Grade export"))
    expect(row).to_contain_text("1 scope")
    expect(page.get_by_text(text)).to_have_count(0)
    row.get_by_role("button", name="Revoke Grade export").click()
    visitor.confirm("Revoke")
    expect(row).to_have_count(0)
    # Within two seconds, says the server.
    limit = time.monotonic() + 5
    with pytest.raises(Refused) as refused:
        while time.monotonic() < limit:
            api.get("/api/v1/courses")
    assert refused.value.status == 401


def test_an_administrator_finds_scopes_by_typing(arrive, cast, photograph):
    visitor = arrive(cast["admin"])
    page = visitor.page
    page.goto("/settings#tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Only what I choose").click()
    dialog.get_by_role("searchbox", name="Find by path or area").fill("delete terms")
    scope = dialog.get_by_role("checkbox")
    expect(scope).to_have_count(1)
    scope.check()
    expect(dialog.get_by_role("status")).to_have_text("1 scope")
    dialog.get_by_role("searchbox").fill("")
    is_sound(visitor.page, False)
    photograph(visitor, "token-scopes")
    dialog.get_by_role("button", name="All that only read").click()
    expect(dialog.get_by_role("status")).not_to_have_text("1 scope")
    dialog.get_by_role("searchbox").fill("nothing such")
    expect(dialog.get_by_text("Nothing with “nothing such”.")).to_be_visible()
    page.keyboard.press("Escape")


def test_another_device_is_seen_and_signed_out(arrive, cast):
    user = cast["students"][22]
    elsewhere = arrive(None, allow=r"status of 401").page
    sign_in(elsewhere, user)
    visitor = arrive(None)
    sign_in(visitor.page, user)
    page = visitor.page
    page.goto("/settings#sessions")
    devices = page.locator("#sessions")
    expect(devices.get_by_text("This device")).to_have_count(1)
    expect(devices.get_by_role("listitem")).to_have_count(2)
    devices.get_by_role("button", name="Sign out all others").click()
    visitor.confirm("Sign out all others")
    expect(devices.get_by_role("listitem")).to_have_count(1)
    elsewhere.goto("/settings")
    elsewhere.wait_for_url(re.compile("/sign-in"))


def test_a_child_gives_a_code_and_a_parent_takes_it_and_gives_the_child_back(arrive, demo, photograph):
    school = demo.second["users"]
    ada = arrive(school["students"][5])
    ada.page.goto("/settings#family")
    expect(ada.page.get_by_text("Nobody observes you")).to_be_visible()
    ada.page.get_by_role("button", name="New code").click()
    code = ada.page.get_by_role("textbox", name="Pairing code")
    expect(code).to_be_focused()

    visitor = arrive(school["parent"], allow=r"status of 400")
    page = visitor.page
    page.goto("/children")
    own = school["students"][0]["name"]
    card = page.get_by_role("region", name=own)
    expect(card.get_by_role("link", name=re.compile("Cell Biology"))).to_be_visible()
    page.get_by_role("button", name=f"What to do with {own}").click()
    page.get_by_role("menuitem", name="Remove child").click()
    visitor.confirm("Remove child")
    expect(card).to_have_count(0)
    expect(page.get_by_text("There they make a new code.")).to_be_visible()
    is_sound(visitor.page, False)
    photograph(visitor, "children-none")
    field_, said = field(page, "Pairing code")
    field_.fill("wrong!")
    page.keyboard.press("Enter")
    expect(said).to_have_text("The code is not right, or is used or too old.")
    field_.fill(f" {code.input_value()} ")
    page.keyboard.press("Enter")
    name = school["students"][5]["name"]
    expect(page.get_by_text(f"{name} is added.")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
    ada.page.reload()
    expect(ada.page.get_by_role("list", name="Who observes me")).to_contain_text(school["parent"]["name"])


def test_the_menu_leads_everybody_to_the_pages_that_are_theirs(arrive, cast):
    for user, there, not_there in ((cast["parent"], ["Settings", "My children"], ["Administration"]),
                                   (cast["admin"], ["Settings", "Administration", "Operations"], ["My children"]),
                                   (cast["students"][0], ["Settings"], ["Administration", "My children", "Operations"])):
        page = arrive(user).page
        page.goto("/settings")
        page.get_by_role("button", name=re.compile("Account of")).click()
        for name in there:
            expect(page.get_by_role("menuitem", name=name)).to_be_visible()
        for name in not_there:
            expect(page.get_by_role("menuitem", name=name)).to_have_count(0)
