"""Settings, children and administration in both themes and on a phone: no serious accessibility finding, nothing too wide."""

import pytest
from playwright.sync_api import expect
from test_pages import is_sound, shot_name

TABS = ["users", "courses", "terms", "notices", "imports", "reports", "admins", "sign_in", "tokens", "privacy", "audit", "work", "overview"]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_pages_that_manage_things(arrive, cast, photograph, phone):
    def look(visitor, name):
        for theme in ("dark", "light"):
            visitor.page.emulate_media(color_scheme=theme)
            is_sound(visitor.page, phone)
            photograph(visitor, shot_name(name, theme, phone))

    for user, name, path in ((cast["students"][0], "settings", "/settings"), (cast["parent"], "children", "/children")):
        visitor = arrive(user, phone=phone)
        visitor.page.goto(path)
        expect(visitor.page.locator("#main")).not_to_have_attribute("aria-busy", "true")
        expect(visitor.page.locator("#main [aria-busy=true]")).to_have_count(0)
        look(visitor, name)
    # Without a provider of sign-ins the server says 404, and Chromium says so.
    visitor = arrive(cast["admin"], phone=phone, allow=r"status of 404")
    page = visitor.page
    page.goto("/accounts/self")
    for tab in TABS:
        link = page.locator(f'.tab[data-tab="{tab}"]')
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        expect(page.locator(".admin-panel .admin-wait, .admin-panel [aria-busy=true]")).to_have_count(0)
        look(visitor, f"admin-{tab}")
