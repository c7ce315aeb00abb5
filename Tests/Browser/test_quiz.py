"""The live quiz: opened, answered once whatever happens, closed, revealed, and in the gradebook."""

import re

from playwright.sync_api import expect
from Rig.api import Api

RIGHT = "Eigenvectors"


def recorded_answers(teacher_api, demo, quiz, student):
    """What the gradebook holds of one student in one quiz: a list of answers."""
    course = demo.ready["course_id"]
    found = teacher_api.get(
        f"/api/v1/courses/{course}/students/submissions?student_ids[]={student['id']}&include[]=answers")
    assignments = {item["id"] for item in teacher_api.get(f"/api/v1/courses/{course}/assignments?per_page=100")
                   if item["quiz_id"] == quiz["id"]}
    return [answer for item in found if item["assignment_id"] in assignments for answer in item.get("answers") or []]


def test_a_question_is_opened_answered_closed_revealed_and_graded(arrive, cast, lesson, quiz, demo, teacher_api):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    teacher.ask(quiz, 1, seconds=60)
    expect(ada.card.get_by_role("timer", name="Time left")).to_be_visible()
    ada.option(RIGHT).click()
    ada.standing("recorded")
    expect(ada.card.locator(".standing")).to_have_text(re.compile(r"^recorded ✓ \d\d:\d\d:\d\d"))
    teacher.answered(1)
    panel = teacher.tab("Quiz")
    expect(panel.locator(".missing-list")).to_contain_text(ben.name)
    expect(panel.locator(".missing-list")).not_to_contain_text(ada.name)
    ben.option("Columns").click()
    ben.standing("recorded")
    teacher.answered(2)
    expect(panel.locator(".missing-list")).not_to_contain_text(ben.name)
    teacher.close_question()
    expect(ada.card.get_by_text("The question is closed.")).to_be_visible()
    teacher.reveal()
    expect(ada.card.get_by_text("Right.")).to_be_visible()
    expect(ben.card.get_by_text(f"Not right. The right answer: {RIGHT}")).to_be_visible()
    expect(ada.card.get_by_text("2 of 2 points")).to_be_visible()
    expect(teacher.card.locator(".bar.is-right")).to_contain_text(RIGHT)

    book = f"/courses/{demo.ready['course_id']}/gradebook"
    ada.page.goto(book)
    result = ada.page.locator(".result", has_text=quiz["title"])
    expect(result.locator(".result-points")).to_have_text("2 / 6")
    result.locator("summary").click()
    expect(result.get_by_text(RIGHT, exact=True)).to_be_visible()
    expect(ada.page.get_by_text(ben.name)).to_have_count(0)
    teacher.page.goto(book)
    cell = teacher.page.get_by_role("button", name=f"{ada.name}, {quiz['title']}: 2 / 6 points")
    expect(cell).to_have_text("2")
    other = teacher.page.get_by_role("button", name=f"{ben.name}, {quiz['title']}: 0 / 6 points")
    expect(other).to_have_text("0")
    assert len(recorded_answers(teacher_api, demo, quiz, cast["students"][0])) == 1
    own = Api(demo.base, cast["students"][1]).get(
        f"/api/v1/courses/{demo.ready['course_id']}/students/submissions?student_ids[]=all")
    assert {item["user_id"] for item in own} == {cast["students"][1]["id"]}


def test_a_double_click_and_a_second_tab_count_once(arrive, cast, lesson, quiz, demo, teacher_api):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    second = ada.new_tab()
    ada.enter(lesson, second)
    teacher.ask(quiz, 1)
    expect(ada.option(RIGHT, second)).to_be_visible()
    ada.option(RIGHT).dblclick()
    # Whether the other tab knows already or not: pressing there must not count.
    ada.option("Columns", second).click(force=True)
    ada.standing("recorded")
    ada.standing("recorded", second)
    for page in (ada.page, second):
        expect(ada.option(RIGHT, page)).to_have_attribute("aria-checked", "true")
        expect(ada.option("Columns", page)).to_have_attribute("aria-checked", "false")
    teacher.answered(1)
    answers = recorded_answers(teacher_api, demo, quiz, cast["students"][0])
    assert len(answers) == 1
    right = next(item["id"] for item in quiz["questions"][0]["answers"] if item["text"] == RIGHT)
    assert answers[0]["answer"] == right


def test_a_reload_in_the_middle_of_a_question_loses_nothing_and_answers_nothing(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.ask(quiz, 2)
    expect(ada.option("1")).to_be_visible()
    ada.page.reload()
    ada.connected()
    expect(ada.option("1")).to_have_attribute("aria-disabled", "false")
    ada.option("1").click()
    ada.standing("recorded")
    ada.page.reload()
    ada.connected()
    ada.standing("recorded")
    expect(ada.option("1")).to_have_attribute("aria-checked", "true")
    expect(ada.option("0")).to_have_attribute("aria-disabled", "true")
    teacher.answered(1)


def test_a_quick_poll_is_typed_in_place_and_its_answers_may_be_changed(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    panel = teacher.tab("Quiz")
    panel.get_by_text("Type a question").click()
    panel.get_by_label("Question", exact=True).fill("Shall we take a break?")
    panel.get_by_label("Option 1", exact=True).fill("Yes")
    panel.get_by_label("Option 2", exact=True).fill("No")
    panel.get_by_label("Answers may be changed while it is open").check()
    panel.get_by_role("button", name="Open question", exact=True).click()
    ada.option("Yes").click()
    ada.standing("recorded")
    expect(ada.card.get_by_text("You may change your answer")).to_be_visible()
    ada.option("No").click()
    expect(ada.option("No")).to_have_attribute("aria-checked", "true")
    ada.standing("recorded")
    teacher.answered(1)
    expect(teacher.card.locator(".bar", has_text="No").locator(".bar-value")).to_contain_text("1")
    teacher.close_question()
    teacher.reveal()
    expect(ada.card.locator(".bar.is-mine")).to_contain_text("No")


def test_when_the_time_is_up_the_question_closes_by_itself(arrive, cast, lesson, quiz, teacher_api):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.ask(quiz, 3, seconds=15)
    expect(ada.card.get_by_role("timer", name="Time left")).to_have_text(re.compile(r"^1[0-5]$"))
    expect(ada.card.get_by_text("Time is up.").or_(ada.card.get_by_text("The question is closed. You did not answer."))
           ).to_be_visible(timeout=25_000)
    expect(ada.option("True")).to_have_attribute("aria-disabled", "true")
    expect(teacher.card.get_by_role("button", name="Close")).to_have_count(0, timeout=15_000)
    expect(teacher.card.get_by_role("button", name="Reveal")).to_be_visible()
