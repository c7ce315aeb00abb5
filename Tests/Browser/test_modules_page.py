"""Modules: a student goes through them, staff arrange them by keyboard and mouse."""

import re

from playwright.sync_api import expect

from visitors import settled


def names(page, module: str) -> list[str]:
    """The items of a module as they stand."""
    return page.get_by_role("list", name=module, exact=True).locator(".module-item h3").all_inner_texts()


def test_a_student_goes_through_a_module_and_the_next_one_opens(arrive, cast, scenery):
    page = arrive(cast["students"][2]).page
    page.goto(f"{scenery.path}/modules")
    expect(page.get_by_text("First complete Week 1: What stays")).to_be_visible()
    expect(page.get_by_text("Opens 1 Jan 2040")).to_be_visible()
    # What is locked is no link, and says why.
    expect(page.get_by_role("link", name="Sheet 1")).to_have_count(0)
    expect(page.get_by_text("Locked until the items before it are done").first).to_be_visible()
    page.get_by_role("link", name="Eigenvalues in a nutshell").click()
    way = page.get_by_role("navigation", name="Way through the modules")
    expect(way.get_by_text("Done")).to_be_visible()
    settled(page)
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile(r"/modules/items/\d+$"))
    expect(page.get_by_role("link", name="View")).to_be_visible()
    way.get_by_role("button", name="Mark as done").click()
    expect(way.get_by_role("button", name="Done")).to_have_attribute("aria-pressed", "true")
    way.get_by_role("link", name="What surprised you?").click()
    page.get_by_role("button", name="Reply", exact=True).first.click()
    expect(page.get_by_role("textbox", name="Your reply")).to_be_focused()
    page.keyboard.type("That it is so useful.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry", has_text="That it is so useful.")).to_be_visible()
    page.goto(f"{scenery.path}/modules")
    expect(page.get_by_text("3 of 3 steps done")).to_be_visible()
    expect(page.locator(".module", has_text="What stays").get_by_text("Completed")).to_be_visible()
    page.get_by_role("link", name="An atlas of matrices").click()
    expect(page.get_by_role("link", name="Open")).to_have_attribute("href", "https://atlas.example/m")


def test_staff_make_a_module_fill_it_and_order_it_by_keyboard(arrive, cast, scenery):
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/modules")
    settled(page)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New module")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("Give the module a name.")).to_be_visible()
    dialog.get_by_label("Name").fill("Week 4: By hand")
    dialog.get_by_label("Week 1: What stays").check()
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Opens after Week 1: What stays")).to_have_count(2)
    for kind, title in (("Heading", "Begin here"), ("Link to another site", "A site"), ("Page", "Made on the way")):
        page.get_by_role("button", name="Add an item to Week 4: By hand").click()
        dialog = page.get_by_role("dialog", name="Add an item")
        dialog.get_by_label("Type").select_option(label=kind)
        if kind == "Page":
            dialog.get_by_label("Page", exact=True).select_option(label="A new one")
        if kind == "Link to another site":
            dialog.get_by_label("Address").fill("https://site.example/")
        dialog.get_by_label("Title").fill(title)
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog).to_have_count(0)
    expect(page.get_by_role("list", name="Week 4: By hand", exact=True).locator(".module-item h3")).to_have_text(
        ["Begin here", "A site", "Made on the way"])

    page.get_by_role("link", name="Made on the way").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("status").filter(has_text="Made on the way is now 2 of 3.")).to_be_attached()
    # The focus stays on what was moved.
    expect(page.get_by_role("link", name="Made on the way")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("status").filter(has_text="is now 1 of 3.")).to_be_attached()
    assert names(page, "Week 4: By hand") == ["Made on the way", "Begin here", "A site"]

    with page.expect_response(lambda answer: "/items/" in answer.url and answer.request.method == "PUT"):
        page.locator(".module-item", has_text="A site").locator(".grip").drag_to(
            page.locator(".module-item", has_text="Begin here"), target_position={"x": 200, "y": 4})
    assert names(page, "Week 4: By hand") == ["Made on the way", "A site", "Begin here"]
    page.get_by_role("button", name="Published: Made on the way").click()
    expect(page.get_by_role("button", name="Published: Made on the way")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("link", name="Made on the way")).to_be_visible()
    assert names(page, "Week 4: By hand") == ["Made on the way", "A site", "Begin here"]

    page.get_by_role("button", name="More for Week 4: By hand").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("heading", name="Week 4: By hand")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Week 4: By hand")).to_be_visible()
    page.get_by_role("button", name="More for Week 4: By hand").click()
    page.get_by_role("menuitem", name="Delete").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("status").get_by_role("button", name="Close").click()
    assert all(module["name"] != "Week 4: By hand" for module in scenery.teacher.get(f"{scenery.api}/modules"))
