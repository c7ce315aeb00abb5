"""Every page in both themes and on a phone: no serious accessibility finding, nothing wider than the screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

AXE = Axe()
LOOKS = [("light", False), ("dark", False), ("light", True), ("dark", True)]
LOOK_NAMES = [f"{theme}-{'phone' if phone else 'desktop'}" for theme, phone in LOOKS]


def findings(page: Page) -> list[str]:
    """What axe-core finds serious or critical, one line each."""
    # What is only on its way in is put where it will stand: a colour in between is nobody's finding.
    page.evaluate("""() => {
        for (const one of document.getAnimations()) {
            if (one.effect?.getComputedTiming().endTime !== Infinity) one.finish();
        }
    }""")
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{item['id']} ({item['impact']}) {node['target']}: {node['failureSummary']}"
            for item in found if item["impact"] in ("serious", "critical") for node in item["nodes"][:3]]


def is_sound(page: Page, phone: bool) -> None:
    """Holds a page against axe-core, and on phones against the width of the screen."""
    found = findings(page)
    assert not found, f"{page.url}\n" + "\n".join(found)
    if phone:
        too_wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{page.url} is {too_wide} px wider than the phone"


def shot_name(name: str, theme: str, phone: bool) -> str:
    return f"{name}-{'phone' if phone else 'desktop'}-{theme}"


@pytest.mark.parametrize(("theme", "phone"), LOOKS, ids=LOOK_NAMES)
def test_the_pages_around_a_class(arrive, cast, demo, photograph, theme, phone):
    nobody = arrive(None, theme=theme, phone=phone)
    nobody.page.goto("/sign-in")
    expect(nobody.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    is_sound(nobody.page, phone)
    photograph(nobody, shot_name("sign-in", theme, phone))
    for name, path, button in (("password", "/password", "Send the email"), ("password-set", "/password/x", "Set the password")):
        nobody.page.goto(path)
        expect(nobody.page.get_by_role("button", name=button)).to_be_visible()
        is_sound(nobody.page, phone)
        photograph(nobody, shot_name(name, theme, phone))

    course = f"/courses/{demo.ready['course_id']}"
    quiz = f"{course}?quiz={demo.ready['quiz_id']}"
    walks = [
        (cast["instructor"], [("home", "/"), ("course", course), ("quiz", quiz), ("gradebook", f"{course}/gradebook")]),
        (cast["students"][0], [("course-student", course), ("results", f"{course}/gradebook")]),
        (cast["admin"], [("ops", "/ops")]),
    ]
    for user, pages in walks:
        visitor = arrive(user, theme=theme, phone=phone)
        for name, path in pages:
            visitor.page.goto(path)
            expect(visitor.page.locator("#main")).not_to_have_attribute("aria-busy", "true")
            expect(visitor.page.get_by_role("heading", level=1)).to_be_attached()
            is_sound(visitor.page, phone)
            photograph(visitor, shot_name(name, theme, phone))


@pytest.mark.parametrize(("theme", "phone"), LOOKS, ids=LOOK_NAMES)
def test_the_class_page_in_its_states(arrive, cast, lesson, quiz, photograph, theme, phone):
    teacher = arrive(cast["instructor"], theme=theme).enter(lesson)
    ada = arrive(cast["students"][0], theme=theme, phone=phone).enter(lesson)
    page = ada.page
    is_sound(page, phone)
    photograph(ada, shot_name("class-empty", theme, phone))

    teacher.say("Welcome! Today: eigenvalues, and why they matter.")
    teacher.draw("Pen", [(200 + 20 * step, 220 + 60 * (step % 2)) for step in range(12)])
    teacher.ask(quiz, 1, seconds=300)
    expect(ada.option("Eigenvectors")).to_be_visible()
    is_sound(page, phone)
    is_sound(teacher.page, False)
    photograph(ada, shot_name("class-question", theme, phone))
    (ada.option("Eigenvectors").tap if phone else ada.option("Eigenvectors").click)()
    ada.standing("recorded")
    is_sound(page, phone)
    teacher.answered(1)
    photograph(teacher, shot_name("class-staff", theme, False))
    teacher.reveal()
    expect(ada.card.get_by_text("Right.")).to_be_visible()
    is_sound(page, phone)
    photograph(ada, shot_name("class-revealed", theme, phone))
    ada.card.get_by_role("button", name="Put the question away").click()
    for name in ("Chat", "People", "Quiz"):
        ada.tab(name)
        is_sound(page, phone)
        photograph(ada, shot_name(f"class-{name.lower()}", theme, phone))
    for name in ("People", "Quiz"):
        teacher.tab(name)
        is_sound(teacher.page, False)
    if phone:
        page.get_by_role("button", name="Fold the panel away").tap()
    teacher.page.get_by_role("button", name="End class").click()
    teacher.confirm("End class")
    expect(page.get_by_role("heading", name="This class is over")).to_be_visible()
    is_sound(page, phone)
    photograph(ada, shot_name("class-ended", theme, phone))


def test_a_class_is_attended_on_a_phone(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0], phone=True).enter(lesson)
    page = ada.page
    teacher.page.get_by_role("group", name="Draw").get_by_role("button", name="All").click()
    page.get_by_role("tab", name="Chat").tap()
    ada.say("From the train")
    expect(teacher.message("From the train")).to_be_visible()
    page.get_by_role("button", name="Fold the panel away").tap()
    page.get_by_role("button", name="Raise hand").tap()
    expect(page.get_by_role("button", name="Lower hand")).to_be_visible()
    page.touchscreen.tap(*ada.place(150, 150))
    teacher.ask(quiz, 2)
    ada.option("1").tap()
    ada.standing("recorded")
    teacher.answered(1)
    small = page.evaluate("""() => [...document.querySelectorAll("button, [role=tab], a.button")]
        .filter((one) => one.offsetParent !== null && !one.closest("[hidden]"))
        .map((one) => [one.getAttribute("aria-label") ?? one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 40 || box.height < 40))
        .map(([name, box]) => `${name}: ${Math.round(box.width)}×${Math.round(box.height)}`)""")
    assert not small, "too small to be touched: " + ", ".join(small)


def test_the_theme_switch_holds_across_pages(arrive, cast):
    ada = arrive(cast["students"][0])
    page = ada.page
    page.goto("/")
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("menuitemradio", name="Dark").click()
    page.wait_for_function("light => getComputedStyle(document.body).backgroundColor !== light", arg=light)
    page.reload()
    page.wait_for_function("light => getComputedStyle(document.body).backgroundColor !== light", arg=light)
