"""From the list of courses into a class: made, scheduled, started, joined, ended."""

import re

from playwright.sync_api import expect


def test_an_instructor_makes_a_class_students_join_it_and_it_ends_for_everyone(arrive, cast, demo):
    course = f"/courses/{demo.ready['course_id']}"
    teacher, ada = arrive(cast["instructor"]), arrive(cast["students"][0])
    ada.page.goto("/")
    teacher.page.goto(course)
    teacher.page.get_by_role("button", name="New class").first.click()
    dialog = teacher.page.get_by_role("dialog", name="New class")
    dialog.get_by_label("Title").fill("Office hours, right now")
    dialog.get_by_role("button", name="Start class").click()
    teacher.page.wait_for_url(re.compile(rf"{course}/classes/\d+$"))
    teacher.connected()

    # The list of courses keeps itself up to date.
    ada.page.get_by_role("link", name="Join Office hours, right now").click(timeout=20_000)
    ada.connected()
    expect(teacher.page.locator(".class-here")).to_have_text("2 here")
    teacher.say("Welcome")
    expect(ada.message("Welcome")).to_be_visible()
    teacher.page.get_by_role("button", name="End class").click()
    teacher.confirm("End class")
    for visitor in (teacher, ada):
        expect(visitor.page.get_by_role("heading", name="This class is over")).to_be_visible()
    expect(ada.page.get_by_text("The class is over. The chat stays readable.")).to_be_visible()
    with ada.page.expect_download() as download:
        ada.page.get_by_role("button", name="Chat as text").click()
    assert "Welcome" in download.value.path().read_text()
    teacher.page.goto(course)
    expect(teacher.page.get_by_role("link", name="Look back at Office hours, right now").first).to_be_visible()


def test_a_scheduled_class_waits_and_begins_by_itself_for_those_who_wait(arrive, cast, demo):
    course = f"/courses/{demo.ready['course_id']}"
    teacher, ada = arrive(cast["instructor"]), arrive(cast["students"][0])
    teacher.page.goto(course)
    teacher.page.get_by_role("button", name="New class").first.click()
    dialog = teacher.page.get_by_role("dialog", name="New class")
    dialog.get_by_label("Title").fill("A class of tomorrow")
    dialog.get_by_role("button", name="Later").click()
    expect(dialog.get_by_label("Begins")).to_be_visible()
    dialog.get_by_role("button", name="Schedule").click()
    row = teacher.page.get_by_role("listitem").filter(has_text="A class of tomorrow")
    expect(row).to_be_visible()

    ada.page.goto(course)
    ada.page.get_by_role("link", name="A class of tomorrow").click()
    expect(ada.page.get_by_text("Stay on this page: it begins by itself.")).to_be_visible()
    expect(ada.page.get_by_text("The chat opens when the class starts.")).to_be_visible()
    row.get_by_role("button", name="Start A class of tomorrow").click()
    teacher.page.wait_for_url(re.compile(rf"{course}/classes/\d+$"))
    teacher.connected()
    expect(ada.page.locator(".class-live")).to_be_visible()
    ada.say("It begins")
    expect(teacher.message("It begins")).to_be_visible()
    teacher.page.get_by_role("button", name="End class").click()
    teacher.confirm("End class")
    expect(ada.page.get_by_role("heading", name="This class is over")).to_be_visible()


def test_a_scheduled_class_is_deleted_and_the_deletion_taken_back(arrive, cast, demo, teacher_api):
    path = f"/api/v1/courses/{demo.ready['course_id']}/live_classes"
    teacher_api.post(path, {"title": "Never held", "scheduled_at": "2030-01-07T08:00:00Z"})
    teacher = arrive(cast["instructor"])
    teacher.page.goto(f"/courses/{demo.ready['course_id']}")
    row = teacher.page.get_by_role("listitem").filter(has_text="Never held")
    for decision in ("Undo", "Close"):
        row.get_by_role("button", name="More for Never held").click()
        teacher.page.get_by_role("menuitem", name="Delete").click()
        expect(row).to_have_count(0)
        toast = teacher.page.get_by_role("status").filter(has_text="was deleted")
        toast.get_by_role("button", name=decision).click()
        expect(row).to_have_count(1 if decision == "Undo" else 0)
    teacher.page.reload()
    expect(teacher.page.get_by_role("heading", level=1)).to_be_visible()
    expect(row).to_have_count(0)


def test_questions_are_prepared_on_the_course_page(arrive, cast, demo, teacher_api):
    teacher = arrive(cast["instructor"])
    page = teacher.page
    page.goto(f"/courses/{demo.ready['course_id']}")
    page.get_by_role("button", name="New quiz").click()
    dialog = page.get_by_role("dialog", name="New quiz")
    dialog.get_by_label("Title").fill("Prepared by hand")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Add question").first.click()
    form = page.locator("form.editing")
    form.get_by_role("textbox", name="Question").fill("What is 6 times 7?")
    form.get_by_label("Answer 1", exact=True).fill("42")
    form.get_by_label("Answer 2", exact=True).fill("36")
    form.get_by_label("Answer 1 is right").check()
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".question-text", has_text="What is 6 times 7?")).to_be_visible()
    course = demo.ready["course_id"]
    quiz = next(item for item in teacher_api.get(f"/api/v1/courses/{course}/quizzes?per_page=100")
                if item["title"] == "Prepared by hand")
    questions = teacher_api.get(f"/api/v1/courses/{course}/quizzes/{quiz['id']}/questions")
    assert [(answer["text"], answer["weight"]) for answer in questions[0]["answers"]] == [("42", 100), ("36", 0)]


def test_a_student_is_offered_nothing_that_only_staff_may_do(arrive, cast, demo, lesson):
    ada = arrive(cast["students"][0])
    ada.page.goto(f"/courses/{demo.ready['course_id']}")
    expect(ada.page.get_by_role("link", name="My results")).to_be_visible()
    expect(ada.page.get_by_role("button", name="New class")).to_have_count(0)
    expect(ada.page.get_by_role("heading", name="Quizzes")).to_have_count(0)
    ada.enter(lesson)
    for name in ("End class", "Lock chat", "Open a question", "More for this class"):
        expect(ada.page.get_by_role("button", name=name)).to_have_count(0)
