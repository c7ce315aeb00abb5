"""What an institution tells its people: written by an administrator, shown above the courses, put away for good."""

from playwright.sync_api import expect
from test_admin import answer, on
from test_pages import is_sound, shot_name


def test_a_notice_is_written_shown_to_those_it_is_for_and_put_away(office, arrive, demo, photograph):
    visitor = office("notices")
    page = visitor.page
    expect(page.get_by_text("No notices")).to_be_visible()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Message").fill("The library is <closed>.\n\nAsk at https://library.example/hours.")
    dialog.get_by_label("Kind").select_option("warning")
    dialog.get_by_role("checkbox", name="Student").check()
    is_sound(page, False)
    photograph(visitor, "notice-form")
    answer(visitor, "Subject", "Closed on Monday", "Publish")
    row = page.get_by_role("row", name="Closed on Monday")
    expect(row).to_contain_text("shown")
    expect(row).to_contain_text("Student")
    # What was written as text is edited as text.
    on(visitor, "Closed on Monday", "Edit")
    expect(dialog.get_by_label("Message")).to_have_value("The library is <closed>.\n\nAsk at https://library.example/hours.")
    expect(dialog.get_by_role("checkbox", name="Student")).to_be_checked()
    answer(visitor, "Subject", "Closed on Tuesday", "Save")
    expect(page.get_by_role("row", name="Closed on Tuesday")).to_be_visible()

    users = demo.second["users"]
    parent = arrive(users["parent"]).page
    parent.goto("/")
    expect(parent.get_by_role("link", name="My children")).to_be_visible()
    expect(parent.get_by_role("article")).to_have_count(0)
    student = arrive(users["students"][6])
    notice = student.page.get_by_role("article", name="Closed on Tuesday")
    student.page.goto("/")
    expect(notice).to_contain_text("The library is <closed>.")
    expect(notice.get_by_role("link", name="https://library.example/hours")).to_be_visible()
    for phone in (False, True):
        student.page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
        for theme in ("dark", "light"):
            student.page.emulate_media(color_scheme=theme)
            is_sound(student.page, phone)
            photograph(student, shot_name("notices", theme, phone))
    away = student.page.get_by_role("button", name="Put away: Closed on Tuesday")
    away.click()
    expect(notice).to_have_count(0)
    student.page.get_by_role("button", name="Undo").click()
    away.click()
    with student.page.expect_response(lambda answer: answer.request.method == "DELETE") as sent:
        student.page.get_by_role("status").get_by_role("button", name="Close").click()
    assert sent.value.ok
    student.page.reload()
    expect(student.page.get_by_role("heading", level=1)).to_be_visible()
    expect(notice).to_have_count(0)

    on(visitor, "Closed on Tuesday", "Delete")
    visitor.confirm("Delete")
    expect(page.get_by_text("No notices")).to_be_visible()
