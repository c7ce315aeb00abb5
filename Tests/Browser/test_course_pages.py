"""The pages of a course in both themes and on a phone, what they show to whom, and what they say when something fails."""

import re
import time

import pytest
from playwright.sync_api import expect

from Rig.api import Api
from Rig.database import Database
from Rig.demo import Demo
from test_pages import LOOK_NAMES, LOOKS, is_sound, shot_name
from visitors import settled

STAFF = ["", "/modules", "/pages", "/pages/{page}", "/pages/{page}/edit", "/pages/{page}/revisions", "/announcements",
         "/announcements/new", "/discussion_topics", "/discussion_topics/{talk}", "/files", "/users", "/settings"]
STUDENT = ["", "/modules", "/pages/{page}", "/discussion_topics/{talk}"]


@pytest.mark.parametrize(("theme", "phone"), LOOKS, ids=LOOK_NAMES)
def test_the_pages_of_a_course(arrive, cast, scenery, photograph, theme, phone):
    names = {"page": scenery.welcome["url"], "talk": scenery.talk["id"]}
    for who, user, paths in (("staff", cast["instructor"], STAFF), ("student", cast["students"][0], STUDENT)):
        visitor = arrive(user, theme=theme, phone=phone)
        for path in paths:
            visitor.page.goto(scenery.path + path.format(**names))
            settled(visitor.page)
            expect(visitor.page.locator(".parts [aria-current=page]")).to_have_count(1)
            is_sound(visitor.page, phone)
            name = "-".join(["course", who, *re.findall(r"[a-z_]+", path)])
            photograph(visitor, shot_name(name, theme, phone))


def test_the_parts_are_those_that_one_may_see(arrive, cast, scenery):
    ada = arrive(cast["students"][0]).page
    ada.goto(scenery.path)
    parts = ada.get_by_role("navigation", name="Parts of the course")
    expect(parts.get_by_role("link")).to_have_text(
        ["Home", "Announcements", "Modules", "Pages", "Files", "Discussions", "Grades"])
    parts.get_by_role("link", name="Modules").click()
    expect(ada).to_have_url(re.compile(r"/modules$"))
    expect(ada.get_by_role("heading", level=1, name="Modules")).to_be_visible()
    ada.go_back()
    expect(ada.get_by_role("heading", level=1, name="Matrices at work")).to_be_visible()


def test_what_is_not_there_or_not_for_one_says_so(arrive, cast, scenery):
    ada = arrive(cast["students"][0], allow="Failed to load resource").page
    for path in ("/users", "/settings"):
        ada.goto(scenery.path + path)
        expect(ada.get_by_text("Only those who run the course see this")).to_be_visible()
    ada.get_by_role("link", name="To the course", exact=True).click()
    expect(ada.get_by_role("heading", level=1, name="Matrices at work")).to_be_visible()
    ada.goto(scenery.path + "/announcements/new")
    expect(ada.get_by_role("alert")).to_contain_text("You are not allowed to do this.")
    for path in ("/pages/nowhere", "/discussion_topics/999999", "/modules/items/999999", "/files?folder=999999"):
        ada.goto(scenery.path + path)
        expect(ada.get_by_role("alert").get_by_role("link")).to_be_visible()
    ada.goto("/courses/999999/modules")
    expect(ada.get_by_role("alert")).to_contain_text("Nothing here")


def test_without_a_network_a_page_says_so_and_comes_with_another_try(arrive, cast, scenery):
    ada = arrive(cast["students"][0], allow="Failed to load resource|ERR_").page
    ada.route("**/api/v1/courses/*/modules?*", lambda route: route.abort())
    ada.goto(f"{scenery.path}/modules")
    expect(ada.get_by_role("alert")).to_contain_text("No connection to the server")
    ada.unroute("**/api/v1/courses/*/modules?*")
    ada.get_by_role("button", name="Try again").click()
    expect(ada.get_by_role("heading", name="Week 1: What stays")).to_be_visible()


def test_an_empty_course_says_in_each_part_what_comes_there(arrive, cast, scenery):
    empty = scenery.admin.post("/api/v1/accounts/1/courses", {"course": {"name": "Empty", "course_code": "NIL-1"}})
    scenery.admin.post(f"/api/v1/courses/{empty['id']}/enrollments", {"enrollment": {
        "user_id": cast["instructor"]["id"], "type": "TeacherEnrollment", "enrollment_state": "active"}})
    teacher = arrive(cast["instructor"]).page
    for path, title in (("modules", "No modules yet"), ("pages", "No pages yet"), ("announcements", "No announcements yet"),
                        ("discussion_topics", "No discussions yet"), ("files", "Nothing in here")):
        teacher.goto(f"/courses/{empty['id']}/{path}")
        expect(teacher.get_by_text(title)).to_be_visible()
    teacher.goto("/")
    teacher.get_by_role("button", name=re.compile("^Not published")).click()
    expect(teacher.get_by_role("link", name="Empty")).to_be_visible()
    scenery.admin.request("DELETE", f"/api/v1/courses/{empty['id']}?event=delete")


def test_a_page_is_written_published_and_taken_back_to_what_it_said(arrive, cast, scenery):
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/pages")
    settled(page)
    page.keyboard.press("c")
    page.get_by_role("dialog", name="New page").get_by_label("Title").fill("Written by hand")
    page.get_by_role("button", name="Create").click()
    text = page.get_by_role("textbox", name="Text of the page")
    expect(text).to_be_focused()
    page.keyboard.press("Control+b")
    page.keyboard.type("Bold words")
    page.keyboard.press("Control+b")
    page.keyboard.type(" and plain ones")
    page.get_by_label("Published").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".page-text strong, .page-text b")).to_have_text("Bold words")
    settled(page)
    page.keyboard.press("e")
    # What is typed and not saved is there when one comes back.
    expect(text).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(", and more")
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('cohort.draft.page'))")
    page.reload()
    expect(text).to_contain_text("plain ones, and more")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".page-text")).to_contain_text("plain ones, and more")
    page.goto(f"{scenery.path}/pages/written-by-hand/revisions")
    page.locator(".revision").nth(1).click()
    page.get_by_role("button", name="Restore this version").click()
    expect(page).to_have_url(re.compile("/pages/written-by-hand$"))
    expect(page.locator(".page-text")).to_have_text("Bold words and plain ones")


def test_somebody_who_was_quicker_is_not_overwritten_unasked(arrive, cast, scenery):
    made = scenery.page("Two at once", "<p>First.</p>")
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/pages/{made['url']}/edit")
    page.get_by_role("textbox", name="Text of the page").fill("Mine.")
    scenery.teacher.request("PUT", f"{scenery.api}/pages/{made['url']}", {"wiki_page": {"body": "<p>Theirs.</p>"}})
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Somebody else changed this page")
    dialog.get_by_role("button", name="Cancel").click()
    assert "Theirs" in scenery.teacher.get(f"{scenery.api}/pages/{made['url']}")["body"]
    page.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Save mine").click()
    expect(page.locator(".page-text")).to_have_text("Mine.")


def test_a_thousand_pages_come_some_at_a_time(arrive, cast, scenery, demo):
    course = scenery.admin.post("/api/v1/accounts/1/courses", {"course": {"name": "Long", "course_code": "LONG"}})["id"]
    scenery.admin.post(f"/api/v1/courses/{course}/pages", {"wiki_page": {"title": "Page 0"}})
    Database(demo).run("""
        INSERT INTO pages (institution_id, course_id, url, title, edited_by)
        SELECT institution_id, course_id, 'page-' || n, 'Page ' || n, edited_by
        FROM pages, generate_series(1, 1000) n WHERE course_id = :course AND title = 'Page 0';""", course=course)
    admin = arrive(cast["admin"]).page
    admin.goto(f"/courses/{course}/pages")
    rows = admin.get_by_role("list", name="Pages").get_by_role("listitem")
    expect(rows).to_have_count(50)
    admin.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(100)
    # The reader goes on where the new rows begin.
    expect(rows.nth(50).get_by_role("link")).to_be_focused()
    admin.get_by_role("searchbox", name="Find a page").fill("Page 777")
    expect(rows).to_have_count(1)


def test_the_demo_as_people_start_it_has_something_in_its_courses(demo):
    with Demo(demo.program, hooks=False) as shown:
        student = Api(shown.base, shown.first["users"]["students"][0])
        path = f"/api/v1/courses/{shown.ready['course_id']}"
        limit = time.monotonic() + 30
        while len(student.get(f"{path}/modules")) < 2:
            assert time.monotonic() < limit, shown.tail()
            time.sleep(0.05)
        for part in ("pages", "files", "discussion_topics", "discussion_topics?only_announcements=true"):
            assert student.get(f"{path}/{part}"), part
