"""The search: the palette by keyboard, the page of results, typos, and words that are marked."""

import re

import pytest
from playwright.sync_api import expect

from test_pages import is_sound, shot_name


def test_everything_is_reached_by_the_keyboard(arrive, cast, scenery):
    scenery.found("vibrations")
    page = arrive(cast["instructor"]).page
    page.goto(scenery.path)
    expect(page.get_by_role("link", name="People")).to_be_visible()
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    # What is typed while the palette is on its way is not lost, and is no shortcut of the page.
    page.keyboard.press("/")
    page.keyboard.type("gues")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_have_value("gues")
    expect(page.get_by_role("option", name=re.compile("A guest next week"))).to_be_visible()
    field.fill("modules")
    expect(page.get_by_role("option").first).to_have_text(re.compile("^Modules"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/modules$"))
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    page.keyboard.press("Control+k")
    field.fill("Mei-Ling")
    expect(page.get_by_role("group", name="People").get_by_role("option")).to_have_text(re.compile("Mei-Ling Chou"))
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


@pytest.mark.parametrize(("theme", "phone"), [("light", False), ("dark", True)], ids=["light-desktop", "dark-phone"])
def test_results_are_marked_and_typos_are_forgiven(arrive, cast, scenery, photograph, theme, phone):
    scenery.found("vibrations")
    visitor = arrive(cast["students"][0], theme=theme, phone=phone)
    page = visitor.page
    page.goto("/search?q=vibrations")
    result = page.get_by_role("listitem").filter(has_text="Eigenvalues in a nutshell")
    expect(result.locator("mark").first).to_have_text(re.compile("vibrations", re.IGNORECASE))
    # What is not published is not found.
    expect(page.get_by_text("Notes for the next year")).to_have_count(0)
    is_sound(page, phone)
    photograph(visitor, shot_name("search", theme, phone))
    page.get_by_role("searchbox", name="Search").fill("eigenvalus")
    expect(page.get_by_role("link", name="Eigenvalues in a nutshell")).to_be_visible()
    expect(page).to_have_url(re.compile("q=eigenvalus"))
    page.get_by_role("combobox", name="Where").select_option(label="Matrices at work")
    expect(page).to_have_url(re.compile(f"course={scenery.course}"))
    page.go_back()
    expect(page.get_by_role("combobox", name="Where")).to_have_value("")
    page.get_by_role("searchbox", name="Search").fill("qqqqqqqqqq")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("option", name=re.compile("Matrices at work"))).to_be_visible()
    is_sound(page, phone)
    photograph(visitor, shot_name("palette", theme, phone))
