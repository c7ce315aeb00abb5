"""Administration, at the institution whose class nobody else's test needs."""

import pathlib
import re

from playwright.sync_api import expect
from test_pages import is_sound

#: More people than a page of the list, and one row that is wrong.
ROSTER = "user_id,login_id,first_name,last_name,status\n" + "".join(
    f"imp-{number},imported.{number}@lakeside.example,Imported,Person {number:02},active\n" for number in range(60)
) + "imp-bad,,No,Login,active\n"


def problem_of(control):
    return control.locator("xpath=ancestor::div[contains(@class,'field')][1]").locator(".problem")


def on(visitor, name: str, action: str) -> None:
    """Chooses an action from a row's menu."""
    visitor.page.get_by_role("button", name=f"What to do with {name}", exact=True).click()
    visitor.page.get_by_role("menuitem", name=action, exact=True).click()


def answer(visitor, label: str, text: str, action: str) -> None:
    """Fills a field of the dialog and sends it."""
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name=action, exact=True).click()
    expect(dialog).to_have_count(0)


def test_whoever_administers_nothing_is_told_so(arrive, cast):
    page = arrive(cast["students"][0], allow=r"status of 403").page
    page.goto("/accounts/self?tab=users")
    expect(page.get_by_text("This is not yours to see")).to_be_visible()
    page.goto("/accounts")
    expect(page.get_by_text("This is not yours to see")).to_be_visible()


def test_the_account_itself_is_changed(office):
    visitor = office("overview", allow=r"status of 400")
    page = visitor.page
    page.get_by_role("button", name="Edit").click()
    zone = page.get_by_role("dialog").get_by_label("Time zone")
    zone.fill("Moon/Base")
    page.keyboard.press("Enter")
    expect(problem_of(zone)).to_contain_text("Must be a time zone")
    answer(visitor, "Time zone", "Europe/Berlin", "Save")
    expect(page.get_by_text(re.compile("is saved.$"))).to_be_visible()


def test_schools_and_departments_are_made_renamed_and_removed(office):
    visitor = office("overview")
    page = visitor.page
    expect(page.get_by_text("No schools or departments")).to_be_visible()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create").click()
    expect(problem_of(dialog.get_by_label("Name", exact=True))).to_have_text("Fill this in.")
    answer(visitor, "Name", "School of Science", "Create")
    on(visitor, "School of Science", "Add below")
    answer(visitor, "Name", "Botany", "Create")
    lines = page.get_by_role("list", name="Schools and departments").get_by_role("listitem")
    expect(lines).to_have_text(["School of Science", "Botany"])
    on(visitor, "Botany", "Rename")
    answer(visitor, "Name", "Plant Biology", "Save")
    page.get_by_role("button", name="What to do with School of Science").click()
    expect(page.get_by_role("menuitem", name="Remove")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Plant Biology").click()
    expect(page.get_by_role("heading", level=1, name="Plant Biology")).to_be_visible()
    expect(page.get_by_role("link", name="Up to the account above")).to_be_visible()
    # A part of the institution has no imports, terms or log of its own.
    expect(page.get_by_role("navigation", name="Administration").get_by_role("link")).to_have_text(["Overview", "Users", "Courses", "Notices", "Admins and roles"])
    page.keyboard.press("2")
    expect(page.get_by_text("People appear here when they are enrolled")).to_be_visible()
    page.go_back()
    page.go_back()
    on(visitor, "Plant Biology", "Remove")
    visitor.confirm("Remove")
    expect(lines).to_have_text(["School of Science"])
    on(visitor, "School of Science", "Remove")
    visitor.confirm("Remove")
    expect(page.get_by_text("No schools or departments")).to_be_visible()


def test_a_roster_is_imported_row_by_row_and_put_back(office, tmp_path, photograph):
    visitor = office("imports")
    page = visitor.page
    expect(page.get_by_text("No imports yet")).to_be_visible()
    file, start = page.get_by_label("File"), page.get_by_role("button", name="Start import")
    start.click()
    expect(problem_of(file)).to_have_text("Fill this in.")
    picture = tmp_path / "people.png"
    picture.write_bytes(b"\x89PNG")
    file.set_input_files(picture)
    start.click()
    expect(problem_of(file)).to_have_text("This is neither a CSV file nor a zip.")
    page.get_by_label("Mode").select_option("diffing")
    expect(page.get_by_label("Name of the data set")).to_be_visible()
    page.get_by_label("Mode").select_option("plain")
    roster = tmp_path / "users.csv"
    roster.write_text(ROSTER)
    file.set_input_files(roster)
    start.click()
    run = page.get_by_role("region", name=re.compile(r"^Import \d+$"))
    expect(run.get_by_text("imported, with messages", exact=True).first).to_be_visible(timeout=20_000)
    expect(run.get_by_role("row", name=re.compile(r"^Users 60"))).to_be_visible()
    wrong = run.get_by_role("row", name=re.compile("users.csv"))
    expect(wrong).to_contain_text("62")
    expect(wrong).to_contain_text("login_id is empty")
    is_sound(visitor.page, False)
    photograph(visitor, "admin-import-run")
    with page.expect_download() as saved:
        run.get_by_role("button", name="Download as CSV").click()
    assert "users.csv,62,error,login_id is empty" in pathlib.Path(saved.value.path()).read_text()
    expect(page.get_by_role("region", name="History").get_by_role("row")).to_have_count(2)

    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("searchbox").fill("imported")
    rows = page.get_by_role("table", name="Users").get_by_role("row")
    expect(rows).to_have_count(51)
    expect(page.get_by_text("50 shown")).to_be_visible()
    page.get_by_role("button", name="Show more").scroll_into_view_if_needed()
    expect(rows).to_have_count(61)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)

    page.go_back()
    page.get_by_role("button", name=re.compile(r"^Import \d+$")).click()
    run.get_by_role("button", name="Restore").click()
    visitor.confirm("Restore")
    expect(run.get_by_text("put back", exact=True).first).to_be_visible(timeout=20_000)


def test_a_user_is_made_found_shut_out_let_in_and_deleted(office, demo, photograph):
    visitor = office("users", allow=r"status of (400|503)")
    page = visitor.page
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Wilma Brandt")
    login = dialog.get_by_label("Login", exact=True)
    login.fill(demo.second["users"]["students"][0]["login"])
    dialog.get_by_role("button", name="Create").click()
    expect(problem_of(login)).to_have_text("Somebody has this already.")
    expect(login).to_be_focused()
    answer(visitor, "Login", "wilma.brandt@lakeside.example", "Create")
    search = page.get_by_role("searchbox")
    search.fill("wilma")
    row = page.get_by_role("row", name=re.compile("Brandt, Wilma"))
    expect(page.get_by_role("table", name="Users").get_by_role("row")).to_have_count(2)
    on(visitor, "Wilma Brandt", "Send reset link")
    expect(page.get_by_text("This server sends no emails.")).to_be_visible()
    on(visitor, "Wilma Brandt", "Suspend")
    visitor.confirm("Suspend")
    expect(row).to_contain_text("suspended")
    on(visitor, "Wilma Brandt", "Let in again")
    expect(row).not_to_contain_text("suspended")
    row.get_by_role("button", name="Brandt, Wilma").click()
    expect(page.get_by_text("Wilma Brandt has no tokens")).to_be_visible()
    is_sound(visitor.page, False)
    photograph(visitor, "admin-user-panel")
    email = page.get_by_role("dialog").get_by_label(re.compile("^Email"))
    email.fill("nobody")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(problem_of(email)).to_have_text("This is no e-mail address.")
    email.fill("wilma@lakeside.example")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row).to_contain_text("wilma@lakeside.example")
    on(visitor, "Wilma Brandt", "Delete")
    visitor.confirm("Delete")
    expect(page.get_by_text("Nobody found")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(search).to_be_focused()
    expect(page.get_by_role("row", name=re.compile("Bankole, Temi"))).to_be_visible()


def test_a_course_goes_through_its_life(office, demo):
    visitor = office("courses")
    page = visitor.page
    page.get_by_role("button", name="New course").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create").click()
    expect(problem_of(dialog.get_by_label("Course code"))).to_have_text("Fill this in.")
    dialog.get_by_label("Name", exact=True).fill("Ecology")
    answer(visitor, "Course code", "BIO-9", "Create")
    row = page.get_by_role("row", name=re.compile("Ecology"))
    for action, sure, state in (("Publish", False, "published"), ("Conclude", True, "concluded"), ("Restore", False, "published"), ("Unpublish", False, "unpublished")):
        on(visitor, "Ecology", action)
        if sure:
            visitor.confirm(action)
        expect(row.locator(".badge")).to_have_text(state)
    page.get_by_role("combobox", name="State").select_option("available")
    expect(row).to_have_count(0)
    page.get_by_role("combobox", name="State").select_option("")
    taught = page.get_by_role("combobox", name="Taught by…")
    taught.fill("holl")
    page.get_by_role("option", name=re.compile(demo.second["users"]["instructor"]["name"])).click()
    expect(page.get_by_role("table", name="Courses").get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row", name=re.compile("Cell Biology"))).to_be_visible()
    taught.fill("")
    number = re.search(r"/courses/(\d+)", row.get_by_role("link").get_attribute("href")).group(1)
    on(visitor, "Ecology", "Delete")
    visitor.confirm("Delete")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    on(visitor, "Ecology", "Delete")
    visitor.confirm("Delete")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Restore deleted").click()
    which = page.get_by_role("dialog").get_by_label("Which courses?")
    which.fill("Ecology")
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(problem_of(which)).to_contain_text("Each line needs a number")
    which.fill(f"999999\nhttps://school.example/courses/{number}")
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(problem_of(which)).to_contain_text("999999: The account has no such course.")
    page.keyboard.press("Escape")
    expect(row.locator(".badge")).to_have_text("unpublished")


def test_terms_are_made_and_those_in_use_stay(office):
    visitor = office("terms", allow=r"status of 409")
    page = visitor.page
    page.get_by_role("button", name="New term").click()
    answer(visitor, "Name", "Spring", "Create")
    on(visitor, "Spring", "Delete")
    visitor.confirm("Delete")
    expect(page.get_by_role("row", name=re.compile("Spring"))).to_have_count(0)
    on(visitor, "Default Term", "Delete")
    visitor.confirm("Delete")
    expect(page.get_by_text("Default Term still has courses, or is the default term.")).to_be_visible()


def test_an_administrator_is_appointed_by_keyboard_and_the_last_one_stays(office, demo):
    visitor = office("admins", allow=r"status of 409")
    page = visitor.page
    own = demo.second["users"]["admin"]["name"]
    page.get_by_role("button", name=f"Remove {own}").click()
    visitor.confirm("Remove")
    expect(page.get_by_text("The institution needs an administrator.")).to_be_visible()
    name = demo.second["users"]["instructor"]["name"]
    page.get_by_role("combobox").fill(name[:4])
    expect(page.get_by_role("option", name=re.compile(name))).to_be_visible()
    is_sound(page, False)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile(name))).to_be_visible()
    page.get_by_role("button", name=f"Remove {name}").click()
    visitor.confirm("Remove")
    expect(page.get_by_role("row", name=re.compile(name))).to_have_count(0)


def test_a_provider_of_sign_ins_is_set_offered_and_removed(office, arrive, demo, photograph):
    visitor = office("sign_in", allow=r"status of 40[04]")
    page = visitor.page
    issuer = page.get_by_label("Issuer")
    issuer.fill("login.lakeside.example")
    page.get_by_label("Client ID").fill("cohort")
    page.get_by_role("textbox", name=re.compile("^Client secret")).fill("s3cret")
    page.get_by_role("button", name="Save").click()
    expect(problem_of(issuer)).to_contain_text("Must be a URL")
    issuer.fill("https://login.lakeside.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("One is stored. Empty: it stays.")).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("^Client secret"))).to_have_value("")

    somebody = arrive(None)
    somebody.page.goto(f"/sign-in?institution={demo.second['id']}&return=/settings")
    offered = somebody.page.get_by_role("link", name=f"Sign in with {demo.second['name']}")
    expect(offered).to_have_attribute("href", f"/login/oidc/{demo.second['id']}?return=%2Fsettings")
    is_sound(somebody.page, False)
    photograph(somebody, "sign-in-provider")
    somebody.page.goto(f"/sign-in?institution={demo.first['id']}")
    expect(somebody.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(somebody.page.get_by_role("link", name=re.compile("Sign in with"))).to_have_count(0)

    page.get_by_role("button", name="Remove provider").click()
    visitor.confirm("Remove provider")
    expect(page.get_by_text("Nobody signs in by way of a provider yet.")).to_be_visible()


def test_the_audit_log_reads_as_sentences_and_is_filtered_and_saved(office, demo):
    # Whoever was taken out since has no name any more: asked for, the server says 404.
    visitor = office("audit", allow=r"status of 404")
    page = visitor.page
    own = demo.second["users"]["admin"]["name"]
    kinds = page.get_by_role("combobox", name="Kind")
    kinds.select_option("sign_in.succeeded")
    expect(page.get_by_role("rowheader", name=f"{own} signed in by password.").first).to_be_visible()
    kinds.select_option("parent.linked")
    parent, child = demo.second["users"]["parent"]["name"], demo.second["users"]["students"][0]["name"]
    expect(page.get_by_role("rowheader", name=f"{parent} became a parent of {child}.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download what is shown").click()
    assert f"{parent} became a parent of {child}." in pathlib.Path(saved.value.path()).read_text()
    page.get_by_label("From").fill("2099-01-01T00:00")
    expect(page.get_by_text("Nothing noted")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()


def test_the_search_index_is_built_anew_and_the_queue_is_seen(office):
    visitor = office("work")
    page = visitor.page
    expect(page.get_by_role("row", name=re.compile("^SIS import"))).to_be_visible()
    page.get_by_role("button", name="Build anew").click()
    visitor.confirm("Build anew")
    expect(page.get_by_text("The search index is built anew.")).to_be_visible(timeout=20_000)


def test_tokens_of_somebody_are_seen_and_never_their_text(office, demo):
    visitor = office("tokens")
    page = visitor.page
    student = demo.second["users"]["students"][3]
    page.get_by_role("combobox").fill(student["name"].split()[1])
    page.get_by_role("option", name=re.compile(student["name"])).click()
    expect(page.get_by_role("row", name=re.compile("^demo"))).to_be_visible()
    assert student["api_token"] not in page.content()
