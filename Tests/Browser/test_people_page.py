"""People and settings of a course, and coming in by a code."""

import re

from playwright.sync_api import expect

from test_pages import is_sound
from visitors import settled


def test_people_are_added_changed_ended_and_brought_back(arrive, cast, scenery):
    page = arrive(cast["instructor"], allow="Failed to load resource").page
    page.goto(f"{scenery.path}/users")
    new = cast["students"][20]
    settled(page)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Add people")
    dialog.get_by_label("Logins").fill(f"{new['login']}, nobody@nowhere.example")
    dialog.get_by_role("button", name="Add", exact=True).click()
    # Who is known is in; who is not stays in the field, with the reason.
    expect(dialog.get_by_text("nobody@nowhere.example: nobody signs in by this name")).to_be_visible()
    expect(dialog.get_by_label("Logins")).to_have_value("nobody@nowhere.example")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("searchbox", name="Find by name").fill(new["name"])
    row = page.get_by_role("listitem").filter(has_text=new["login"])
    expect(page.locator(".person")).to_have_count(1)
    row.get_by_role("button", name=f"More for {new['name']}, Student").click()
    page.get_by_role("menuitem", name="Change role or section").click()
    page.get_by_role("dialog").get_by_label("Role").select_option(label="Assistant")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row.locator(".badge", has_text="Assistant")).to_be_visible()
    row.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Conclude").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Conclude").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("status").filter(has_text="is concluded").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Ended").click()
    row.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Restore").click()
    page.get_by_role("button", name="In the course").click()
    expect(row.locator(".badge", has_text="Assistant")).to_be_visible()


def test_sections_are_made_renamed_and_deleted(arrive, cast, scenery):
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/users")
    page.get_by_role("button", name="Sections").click()
    panel = page.get_by_role("dialog", name="Sections")
    panel.get_by_role("textbox", name="Name of the section").fill("Tuesday")
    panel.get_by_role("button", name="Create").click()
    row = panel.get_by_role("listitem").filter(has_text="Tuesday")
    row.get_by_role("button", name="More for Tuesday").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog", name="Rename").get_by_label("Name of the section").fill("Wednesday")
    page.get_by_role("dialog", name="Rename").get_by_role("button", name="Save").click()
    row = panel.get_by_role("listitem").filter(has_text="Wednesday")
    row.get_by_role("button", name="More for Wednesday").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(row).to_have_count(0)


def test_somebody_comes_in_by_a_code(arrive, cast, scenery):
    teacher, newcomer = arrive(cast["instructor"]).page, arrive(cast["students"][25], allow="Failed to load resource").page
    teacher.goto(f"{scenery.path}/users")
    teacher.get_by_role("button", name="Joining by code").click()
    dialog = teacher.get_by_role("dialog", name="Joining by code")
    dialog.get_by_label("People of the institution may join by themselves").check()
    dialog.get_by_label("Code").fill("SPRING")
    dialog.get_by_role("button", name="Save").click()
    expect(teacher.get_by_text(f"{scenery.course}-SPRING", exact=True)).to_be_visible()

    newcomer.goto("/")
    settled(newcomer)
    newcomer.keyboard.press("c")
    dialog = newcomer.get_by_role("dialog", name="Join a course")
    code = dialog.get_by_label("Code", exact=True)
    for wrong, why in (("SPRING", "A code is a number"), (f"{scenery.course}-WINTER", "cannot be joined with this code")):
        code.fill(wrong)
        dialog.get_by_role("button", name="Join", exact=True).click()
        expect(dialog.get_by_text(re.compile(why))).to_be_visible()
    newcomer.goto(f"/?join={scenery.course}-SPRING")
    expect(code).to_have_value(f"{scenery.course}-SPRING")
    dialog.get_by_role("button", name="Join", exact=True).click()
    expect(newcomer.get_by_role("heading", level=1, name="Matrices at work")).to_be_visible()


def test_an_invitation_is_accepted(arrive, cast, scenery):
    guest = cast["students"][26]
    scenery.teacher.post(f"{scenery.api}/enrollments", {"enrollment": {"user_id": guest["id"], "type": "StudentEnrollment"}})
    page = arrive(guest).page
    page.goto("/")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("link", name="Matrices at work")).to_be_visible()
    expect(page.get_by_role("heading", name="Invitations")).to_have_count(0)
    # A favourite comes first, and stays so.
    page.get_by_role("button", name="Favourite: Matrices at work").click()
    expect(page.locator(".course-card h3").first).to_have_text("Matrices at work")
    page.reload()
    expect(page.get_by_role("button", name="Favourite: Matrices at work")).to_have_attribute("aria-pressed", "true")


def test_a_course_is_renamed_concluded_and_opened_again(arrive, cast, scenery):
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/settings")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Give the course a name.")).to_be_visible()
    page.get_by_label("Name").fill("Matrices at play")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="Matrices at play")).to_be_visible()
    page.get_by_label("Name").fill("Matrices at work")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Matrices at work")).to_be_visible()
    page.get_by_role("button", name="Conclude").click()
    page.get_by_role("dialog").get_by_role("button", name="Conclude").click()
    expect(page.get_by_text("The course is over; it stays readable.")).to_be_visible()
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Students see the course.")).to_be_visible()


def test_an_administrator_adds_many_at_once_from_a_file(arrive, cast, scenery, tmp_path, photograph):
    for number in (1, 2):
        scenery.admin.post("/api/v1/accounts/1/users", {
            "pseudonym": {"unique_id": f"bulk.{number}@northfield.example", "sis_user_id": f"B-{number}"}, "user": {"name": f"Bulk Person {number}"}})
    roster = tmp_path / "roster.csv"
    roster.write_text("name,user_id\nBulk Person 1,B-1\nBulk Person 2,B-2\nNobody,B-9\n")
    visitor = arrive(cast["admin"])
    page = visitor.page
    page.goto(f"{scenery.path}/users")
    settled(page)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Add people")
    dialog.get_by_label("Named by").select_option(label="SIS IDs")
    dialog.get_by_label("From a CSV or text file").set_input_files(roster)
    names = dialog.get_by_label("Logins or SIS IDs")
    expect(names).to_have_value("B-1\nB-2\nB-9")
    dialog.get_by_role("button", name="Add", exact=True).click()
    # By one job of the server's; who is not known stays, with the reason.
    expect(dialog.get_by_text("B-9: The institution has no such user.")).to_be_visible(timeout=20_000)
    expect(names).to_have_value("B-9")
    is_sound(page, False)
    photograph(visitor, "people-bulk")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("searchbox", name="Find by name").fill("Bulk Person")
    expect(page.locator(".person")).to_have_count(2)
    # On a phone what can be done with a person is on the screen, too.
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.get_by_role("button", name="More for Bulk Person 1, Student").bounding_box()
    assert box["x"] + box["width"] <= 390
