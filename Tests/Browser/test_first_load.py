"""The first load of a class's page: what it weighs on the wire, and what happens when a later part does not come."""

import re

import pytest
from playwright.sync_api import expect

from Rig.first_load import LAST, LAST_FOR_STAFF, first_load

#: The design's bound: compressed bytes with response headers, everything that is fetched ahead included.
MOST = 150_000


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_it_is_small_and_comes_from_this_server_alone(arrive, cast, lesson, role):
    attends = role == "student"
    visitor = arrive(cast["students"][0] if attends else cast["instructor"], phone=attends)
    load = first_load(visitor.context, lesson["path"], throttled=False, last=LAST if attends else LAST_FOR_STAFF)
    heaviest = "\n".join(f"{size:7} {address}" for address, size in sorted(load.parts, key=lambda part: -part[1])[:12])
    assert load.size_in_all <= MOST, f"{load.size_in_all} bytes in {load.requests_in_all} requests\n{heaviest}"
    assert not load.foreign


def test_a_part_that_cannot_be_loaded_says_so_and_comes_with_another_try(arrive, cast, lesson):
    ada = arrive(cast["students"][0], allow=r"Failed to load resource")
    ada.page.route("**/class/people/class-people.js", lambda route: route.abort())
    ada.enter(lesson)
    panel = ada.tab("People")
    problem = ada.page.get_by_role("alert").filter(has_text="A part of this page could not be loaded.")
    expect(problem).to_be_visible()
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_have_count(1)
    ada.page.unroute("**/class/people/class-people.js")
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_have_count(0)
    expect(panel.get_by_text("Raised hands")).to_be_visible()


def test_tools_that_cannot_be_loaded_say_so_and_come_with_another_try(arrive, cast, lesson):
    teacher = arrive(cast["instructor"], allow=r"Failed to load resource")
    teacher.page.route("**/class/board/gestures.js", lambda route: route.abort())
    teacher.enter(lesson)
    problem = teacher.page.get_by_role("alert").filter(has_text="A part of this page could not be loaded.")
    expect(problem).to_be_visible()
    teacher.page.unroute("**/class/board/gestures.js")
    problem.get_by_role("button", name="Try again").click()
    expect(teacher.page.get_by_role("radio", name="Pen", exact=True)).to_be_visible()
    expect(problem).to_have_count(0)


def test_the_question_comes_to_those_who_were_there_before_its_card(arrive, cast, lesson, quiz):
    ada = arrive(cast["students"][0])
    held = []
    ada.page.route("**/class/quiz/quiz-card.js", lambda route: held.append(route))
    ada.enter(lesson)
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.ask(quiz, 1)
    expect(ada.page.get_by_role("tab", name=re.compile("Quiz")).locator(".badge")).to_be_visible()
    # The question asks for the card at the latest; here it is let through only now.
    assert held
    for route in held:
        route.continue_()
    expect(ada.option("Eigenvectors")).to_be_visible()
    ada.option("Eigenvectors").click()
    ada.standing("recorded")
