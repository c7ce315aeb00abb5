"""A course copied into another one, with its progress, and what could not come along."""

from playwright.sync_api import expect
from test_pages import is_sound, shot_name


def test_a_course_is_copied_module_by_module_and_whole(arrive, cast, scenery, photograph):
    made = scenery.admin.post("/api/v1/accounts/1/courses", {"course": {"name": "Matrices, next year", "course_code": "MATH-306"}})
    scenery.admin.post(f"/api/v1/courses/{made['id']}/enrollments", {"enrollment": {
        "user_id": cast["instructor"]["id"], "type": "TeacherEnrollment", "enrollment_state": "active"}})
    visitor = arrive(cast["instructor"])
    page = visitor.page
    page.goto(f"/courses/{made['id']}/settings")
    card = page.get_by_role("region", name="Copy from another course")
    go = card.get_by_role("button", name="Copy", exact=True)
    go.click()
    expect(card.get_by_text("Choose the course to copy from.")).to_be_visible()
    source = card.get_by_label("From", exact=True)
    expect(source).to_be_focused()
    source.select_option(str(scenery.course))
    card.get_by_label("What", exact=True).select_option("modules")
    card.get_by_role("checkbox", name="Week 1: What stays").check()
    for phone in (False, True):
        page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            is_sound(page, phone)
            photograph(visitor, shot_name("course-copy", theme, phone))
    page.set_viewport_size({"width": 1280, "height": 800})
    go.click()
    copies = card.get_by_role("list", name="Copies into this course").get_by_role("listitem")
    expect(copies.first).to_contain_text("copied", timeout=20_000)
    names = [module["name"] for module in scenery.teacher.get(f"/api/v1/courses/{made['id']}/modules")]
    assert names == ["Week 1: What stays"]
    # A second time is asked about: it overwrites.
    card.get_by_label("What", exact=True).select_option("all")
    go.click()
    visitor.confirm("Copy")
    expect(copies).to_have_count(2)
    expect(copies.first).to_contain_text("copied", timeout=20_000)
    page.get_by_role("button", name="To the modules").last.click()
    expect(page.get_by_role("heading", name="Week 2: What turns")).to_be_visible()
