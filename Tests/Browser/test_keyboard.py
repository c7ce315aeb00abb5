"""The keyboard alone is enough: nothing here touches a pointer."""

import re

from playwright.sync_api import Page, expect
from visitors import INK


def walk_to(page: Page, name: re.Pattern, limit: int = 80) -> None:
    """Presses Tab until the focus is on something whose name or text matches."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.textContent.trim(); }")
        if name.search(said or ""):
            seen = page.evaluate("() => document.activeElement.matches(':focus-visible')")
            assert seen, f"the focus is not to be seen on {said!r}"
            return
    raise AssertionError(f"Tab does not lead to {name.pattern!r}")


def test_a_student_signs_in_joins_talks_answers_and_raises_a_hand(arrive, cast, demo, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    user = cast["students"][3]
    ada = arrive(None)
    page = ada.page
    page.goto("/sign-in")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type(user["login"])
    page.keyboard.press("Tab")
    page.keyboard.type(user["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My courses", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=f"Join {lesson['title']}")).to_be_visible()
    walk_to(page, re.compile(f"^Join {re.escape(lesson['title'])}$"))
    page.keyboard.press("Enter")
    ada.connected()
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("tabpanel", name="Chat")).to_be_visible()
    walk_to(page, re.compile("^Write a message$"))
    page.keyboard.type("Typed, not clicked")
    page.keyboard.press("Enter")
    expect(teacher.message("Typed, not clicked")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Lower hand")).to_be_visible()
    teacher.ask(quiz, 1)
    expect(ada.option("Eigenvectors")).to_be_visible()
    page.keyboard.press("a")
    ada.standing("recorded")
    teacher.answered(1)


def test_an_instructor_asks_closes_reveals_and_draws(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    page = teacher.page
    page.keyboard.press("q")
    expect(page.get_by_role("tabpanel", name="Quiz")).to_be_visible()
    expect(page.get_by_role("button", name="Ask question 1").first).to_be_visible()
    walk_to(page, re.compile(r"^Ask question 1"))
    page.keyboard.press("Enter")
    expect(teacher.card.get_by_role("button", name="Close")).to_be_visible()
    expect(ada.card).to_be_visible()
    page.keyboard.press("c")
    expect(teacher.card.get_by_role("button", name="Close")).to_have_count(0)
    page.keyboard.press("r")
    expect(teacher.card.get_by_role("button", name="Next question")).to_be_visible()
    page.keyboard.press("Escape")
    expect(teacher.card).to_be_hidden()

    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Rectangle")).to_have_attribute("aria-checked", "true")
    walk_to(page, re.compile("^Whiteboard$"))
    page.keyboard.press("Enter")
    expect(ada.elements).to_have_count(1)
    before = page.evaluate("() => document.querySelector('white-board').model.elements[0].x")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    ada.page.wait_for_function(
        "before => document.querySelector('white-board').model.elements[0]?.x === before + 24", arg=before)
    x, y = ada.page.evaluate(
        "() => { const { x, y, h } = document.querySelector('white-board').model.elements[0]; return [x, y + h / 2]; }")
    ada.page.wait_for_function(INK, arg=["still", x, y])
    page.keyboard.press("Delete")
    expect(ada.elements).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(ada.elements).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
