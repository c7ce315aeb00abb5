"""Files: folders, uploads that fail and go on, renaming, moving, taking away, and what students see of it."""

import re

from playwright.sync_api import expect

from visitors import settled

SHEET = {"name": "sheet.txt", "mimeType": "text/plain", "buffer": b"Find them all."}


def test_files_are_uploaded_renamed_moved_and_taken_back(arrive, cast, scenery):
    page = arrive(cast["instructor"], allow="409").page
    page.goto(f"{scenery.path}/files")
    settled(page)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New folder")
    dialog.get_by_label("Name").fill("Exercises")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("There is something of that name in the folder.")).to_be_visible()
    dialog.get_by_label("Name").fill("Solutions")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Solutions").click()
    expect(page).to_have_url(re.compile(r"\?folder=\d+$"))
    expect(page.get_by_text("Nothing in here")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("u")
    chooser.value.set_files([SHEET, {**SHEET, "name": "big.bin", "mimeType": "application/octet-stream", "buffer": b"x" * 300_000}])
    expect(page.get_by_text("2 files uploaded.")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="sheet.txt")
    row.get_by_role("link", name="sheet.txt", exact=True).focus()
    page.keyboard.press("F2")
    dialog = page.get_by_role("dialog", name="Rename")
    dialog.get_by_label("Name").fill("answers.txt")
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("listitem").filter(has_text="answers.txt")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download answers.txt").click()
    assert download.value.path().read_bytes() == SHEET["buffer"]

    row.get_by_role("button", name="More for answers.txt").click()
    page.get_by_role("menuitem", name="Move").click()
    page.get_by_role("dialog").get_by_label("Into which folder").select_option(label="Files / Exercises")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(row).to_have_count(0)
    page.get_by_role("link", name="big.bin", exact=True).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("link", name="big.bin", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="big.bin", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Files")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Exercises").get_by_text("1 thing in it")).to_be_visible()


def test_an_upload_that_fails_says_so_and_comes_with_another_try(arrive, cast, scenery):
    page = arrive(cast["instructor"], phone=True, allow="Failed to load resource|ERR_").page
    page.goto(f"{scenery.path}/files")
    page.route("**/files/upload", lambda route: route.abort())
    page.locator("input[type=file]").set_input_files([{**SHEET, "name": "from-the-train.txt"}])
    uploads = page.get_by_role("region", name="Uploads")
    expect(uploads.get_by_text("The server cannot be reached.")).to_be_visible()
    page.unroute("**/files/upload")
    uploads.get_by_role("button", name="Try again").tap()
    expect(page.get_by_role("link", name="from-the-train.txt", exact=True)).to_be_visible()
    expect(uploads).to_have_count(0)


def test_students_see_what_is_theirs_to_see(arrive, cast, scenery):
    hidden = scenery.upload(cast["instructor"], "hidden.txt", b"For us.", "text/plain")
    scenery.teacher.request("PUT", f"/api/v1/files/{hidden['id']}", {"hidden": True})
    # Somebody who has not begun the module that the sheet is in.
    page = arrive(cast["students"][6]).page
    page.goto(f"{scenery.path}/files")
    expect(page.get_by_role("link", name="slides.pdf", exact=True)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="sheet-1.txt").get_by_text("Locked")).to_be_visible()
    expect(page.get_by_role("link", name="sheet-1.txt", exact=True)).to_have_count(0)
    expect(page.get_by_text("hidden.txt")).to_have_count(0)
    for name in ("Upload", "New folder", "More for sheet-1.txt"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("searchbox", name="Find a file").fill("slides")
    expect(page.get_by_text("sheet-1.txt")).to_have_count(0)
    expect(page.get_by_role("link", name="slides.pdf", exact=True)).to_be_visible()
    # A link from elsewhere leads to the file in its folder.
    page.goto(f"{scenery.path}/files?file={scenery.slides['id']}")
    expect(page.locator(".marked").get_by_role("link", name="slides.pdf", exact=True)).to_be_focused()
