"""Roles that an institution makes itself: made, limited, given in a course, put out of use."""

import re

from playwright.sync_api import expect
from Rig.api import Api
from test_admin import on
from test_pages import is_sound, shot_name


def test_a_role_is_made_limited_and_put_out_of_use(office, demo, photograph):
    visitor = office("admins")
    page = visitor.page
    page.get_by_role("button", name="New role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Reader")
    dialog.get_by_label("Based on").select_option("TaEnrollment")
    dialog.get_by_role("button", name="Create and choose permissions").click()
    rights = page.get_by_role("dialog", name="What Reader may do")
    rights.get_by_role("button", name="Only reading").click()
    rights.get_by_role("searchbox").fill("put front_page")
    box = rights.get_by_role("checkbox")
    expect(box).to_have_count(1)
    expect(box).not_to_be_checked()
    box.check()
    for phone in (False, True):
        page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            is_sound(page, phone)
            photograph(visitor, shot_name("role-permissions", theme, phone))
    page.set_viewport_size({"width": 1280, "height": 800})
    rights.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What Reader may do is saved.")).to_be_visible()
    roles = Api(demo.base, demo.second["users"]["admin"]).get("/api/v1/accounts/self/roles")
    permissions = next(role for role in roles if role["label"] == "Reader")["permissions"]
    assert permissions["url:PUT|/api/v1/courses/:course_id/front_page"]["enabled"]
    assert not permissions["url:POST|/api/v1/courses/:course_id/pages"]["enabled"]

    page.goto("/")
    page.get_by_role("link", name="Cell Biology").click()
    page.get_by_role("navigation", name="Parts of the course").get_by_role("link", name="People").click()
    page.get_by_role("button", name="Add people").click()
    student = demo.second["users"]["students"][7]
    dialog.get_by_placeholder("Or find them by name").fill(student["name"])
    dialog.get_by_role("button", name=f"Choose {student['name']}").click()
    dialog.get_by_label("Role").select_option(label="Reader")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text=student["name"]).get_by_text("Reader", exact=True)).to_be_visible()

    page.goto("/accounts/self?tab=admins")
    on(visitor, "Reader", "Put out of use")
    visitor.confirm("Put out of use")
    expect(page.get_by_text(re.compile("^out of use$"))).to_be_visible()
    on(visitor, "Reader", "Use again")
    expect(page.get_by_text(re.compile("^out of use$"))).to_have_count(0)
