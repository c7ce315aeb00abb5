"""A live class, end to end: one instructor and three students at four browsers, and the picture of it."""

import math
import re

import pytest
from conftest import SHOTS
from playwright.sync_api import expect
from Rig.api import choice

#: The axes that the drawing stands on: a circle that a matrix turns into an ellipse, and its eigenvector.
AXES = [[(410, 170), (890, 170)], [(650, 20), (650, 320)]]


def arc(x: float, y: float, wide: float, high: float, tilt: float) -> list[tuple[float, float]]:
    """A tilted ellipse as a stroke of the pen."""
    turns = [step * math.tau / 32 for step in range(33)]
    return [(x + wide * math.cos(turn) * math.cos(tilt) - high * math.sin(turn) * math.sin(tilt),
             y + wide * math.cos(turn) * math.sin(tilt) + high * math.sin(turn) * math.cos(tilt)) for turn in turns]


def ink(visitor, color: str) -> None:
    """Takes a colour."""
    visitor.page.get_by_role("button", name=re.compile("^Colour and width")).click()
    visitor.page.get_by_role("radio", name=color, exact=True).click()
    visitor.page.keyboard.press("Escape")


def write(visitor, text: str, x: float, y: float) -> None:
    """Writes on the board."""
    visitor.choose_tool("Text")
    visitor.page.mouse.click(*visitor.place(x, y))
    visitor.page.keyboard.type(text)
    visitor.page.keyboard.press("Escape")


@pytest.mark.parametrize("lesson", ["Eigenvalues and eigenvectors"], indirect=True, ids=["eigenvalues"])
def test_a_class_is_held_from_the_first_word_to_the_grade(arrive, cast, lesson, demo, teacher_api, photograph):
    questions = [choice("A stretches one direction by 3 and keeps another. What are its eigenvalues?",
                        ["3 and 1", "3 and 0", "1 and 0", "only 3"], 0, 2)]
    quiz = teacher_api.make_quiz(demo.ready["course_id"], "Eigenvalues, check-up", questions)
    teacher = arrive(cast["instructor"]).enter(lesson)
    students = [arrive(user).enter(lesson) for user in cast["students"][:3]]
    ada, ben, cleo = students
    everyone = [teacher, *students]
    for visitor in everyone:
        expect(visitor.page.locator(".class-here")).to_have_text("4 here")

    teacher.say("Good morning! Today we look for directions that a matrix only stretches.")
    for line in AXES:
        teacher.draw("Line", line)
    ink(teacher, "blue")
    teacher.draw("Pen", arc(650, 170, 70, 70, 0))
    ink(teacher, "orange")
    teacher.draw("Pen", arc(650, 170, 210, 70, -0.45))
    ink(teacher, "green")
    teacher.draw("Line", [(650, 170), (839, 79)])
    write(teacher, "A v = 3 v", 850, 30)
    for visitor in everyone:
        expect(visitor.elements).to_have_count(6)
    ada.say("So v keeps its direction, and 3 is the eigenvalue?")
    ben.say("What happens to the other axis of the ellipse?")
    teacher.say("Exactly: v is an eigenvector, and 3 its eigenvalue. The short axis stays as it was, so there it is 1.")
    cleo.page.get_by_role("button", name="Raise hand").click()
    for visitor in everyone:
        expect(visitor.log.locator(".message")).to_have_count(4)

    teacher.ask(quiz, 1, seconds=60)
    ada.option("3 and 1").click()
    ben.option("3 and 0").click()
    for visitor in (ada, ben):
        visitor.standing("recorded")
    teacher.answered(2)
    photograph(ada, "class-answered")
    teacher.tab("Chat")
    photograph(teacher, "class")
    cleo.option("3 and 1").click()
    cleo.standing("recorded")
    teacher.answered(3)
    teacher.close_question()
    teacher.reveal()
    for visitor, said in ((ada, "Right."), (ben, "Not right."), (cleo, "Right.")):
        expect(visitor.card.get_by_text(said)).to_be_visible()

    late = arrive(cast["students"][3]).enter(lesson)
    expect(late.log.locator(".message")).to_have_count(4)
    expect(late.elements).to_have_count(6)
    expect(late.tab("Quiz")).to_contain_text("revealed")

    teacher.page.get_by_role("button", name="End class").click()
    teacher.confirm("End class")
    for visitor in [*everyone, late]:
        expect(visitor.page.get_by_role("heading", name="This class is over")).to_be_visible()
    expect(ada.page.locator(".results li").first).to_contain_text("2 / 2")
    teacher.page.goto(f"/courses/{demo.ready['course_id']}/gradebook")
    for visitor, points in ((ada, "2"), (ben, "0"), (cleo, "2")):
        cell = teacher.page.get_by_role("button", name=f"{visitor.name}, {quiz['title']}: {points} / 2 points")
        expect(cell).to_have_text(points)
    photograph(teacher, "gradebook-after-class")
    assert (SHOTS / "class.png").stat().st_size > 10_000
