"""What is kept about people: taken along, reported, kept for so long, erased."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect
from test_admin import problem_of
from test_pages import is_sound, shot_name


def fetched(page, button) -> zipfile.ZipFile:
    """What a button downloads, as a zip."""
    with page.expect_download() as saved:
        button.click()
    return zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes()))


def test_somebody_takes_their_data_along_and_removes_the_file(arrive, cast, photograph):
    visitor = arrive(cast["students"][23])
    page = visitor.page
    page.goto("/settings#data")
    section = page.get_by_role("region", name="My data")
    expect(section.get_by_text("None yet")).to_be_visible()
    section.get_by_role("button", name="Ask for my data").click()
    download = section.get_by_role("link", name=re.compile("^Download"))
    expect(download).to_be_visible(timeout=20_000)
    is_sound(page, False)
    photograph(visitor, "my-data")
    assert fetched(page, download).namelist()
    section.get_by_role("button", name=re.compile("^Remove")).click()
    expect(section.get_by_text("None yet")).to_be_visible()


def test_reports_are_asked_for_with_what_they_hold(office):
    page = office("reports").page
    rosters = page.get_by_role("region", name="Rosters as CSV")
    boxes = rosters.get_by_role("checkbox")
    expect(boxes).to_have_count(9)
    for box in boxes.all():
        box.uncheck()
    rosters.get_by_role("button", name="Ask for it").click()
    expect(rosters.get_by_role("alert")).to_have_text("Tick at least one.")
    rosters.get_by_role("checkbox", name="Users").check()
    rosters.get_by_role("button", name="Ask for it").click()
    download = rosters.get_by_role("link", name=re.compile("^Download"))
    expect(download).to_be_visible(timeout=20_000)
    assert [name for name in fetched(page, download).namelist() if name.endswith(".csv")] == ["users.csv"]


def test_how_long_things_are_kept_is_changed_within_bounds(office):
    visitor = office("privacy")
    page = visitor.page
    card = page.get_by_role("region", name="How long things are kept")
    reports = card.get_by_label("Reports and exports")
    reports.fill("99")
    card.get_by_role("button", name="Save").click()
    expect(problem_of(reports)).to_have_text("A whole number from 1 to 30, or nothing.")
    expect(reports).to_be_focused()
    reports.fill("14")
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_text("How long things are kept is saved.")).to_be_visible()
    expect(reports).to_have_value("14")
    # Less time than before is asked about.
    reports.fill("")
    card.get_by_role("button", name="Save").click()
    visitor.confirm("Save")
    expect(reports).to_have_value("")


@pytest.fixture
def leaver(demo):
    """Somebody of the second institution whom nobody else's test needs."""
    from Rig.api import Api
    office = Api(demo.base, demo.second["users"]["admin"])
    return office.post("/api/v1/accounts/self/users", {
        "pseudonym": {"unique_id": "lena.fox@lakeside.example"}, "user": {"name": "Lena Fox", "roles": ["student"]}})


def test_a_person_is_erased_in_two_steps(office, demo, leaver, photograph):
    # Who is erased has no name any more; an administrator cannot be erased.
    visitor = office("privacy", allow=r"status of 40[49]")
    page = visitor.page
    who = page.get_by_role("combobox")
    erase = page.get_by_role("button", name="Erase…")
    expect(erase).to_be_disabled()

    def pick(name: str) -> None:
        who.fill(name)
        page.get_by_role("option", name=re.compile(name)).click()

    own = demo.second["users"]["admin"]["name"]
    pick(own)
    erase.click()
    expect(page.get_by_text(f"{own} administers the institution.")).to_be_visible()
    pick(leaver["name"])
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("list", name="Exports of Lena Fox").get_by_role("link")).to_be_visible(timeout=20_000)
    erase.click()
    dialog = page.get_by_role("dialog", name="Erase Lena Fox for good?")
    expect(dialog).to_contain_text("Results stay for the statistics")
    is_sound(page, False)
    photograph(visitor, "erasure-confirm")
    page.keyboard.press("Escape")
    erasures = page.get_by_role("list", name="Erasures")
    expect(erasures).to_contain_text("Nothing is erased yet.")
    for phone in (False, True):
        page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            is_sound(page, phone)
            photograph(visitor, shot_name("admin-erasures", theme, phone))
    page.set_viewport_size({"width": 1280, "height": 800})
    erasures.get_by_role("button", name="Confirm the erasure of Lena Fox").click()
    typed = dialog.get_by_role("textbox")
    typed.fill("Lena")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(problem_of(typed)).to_have_text("This is not the name.")
    typed.fill("lena fox")
    page.keyboard.press("Enter")
    expect(erasures).to_contain_text("A person who was", timeout=20_000)
    expect(erasures).not_to_contain_text("Lena Fox")
