"""Signing in and out."""

import re

from playwright.sync_api import expect
from visitors import sign_in

#: Teaches at one of the demo's institutions and studies at the other.
COMMUTER = "robin.castellanos@northfield.example"


def test_a_wrong_password_is_refused_in_words_and_the_right_one_leads_to_the_courses(arrive, cast):
    student = arrive(None, allow=r"status of 401")
    page = student.page
    page.goto("/sign-in")
    page.get_by_label("Login").fill(cast["students"][9]["login"])
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("The login or the password is not right.")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    sign_in(page, cast["students"][9])
    expect(page.get_by_role("heading", name="All courses")).to_be_attached()


def test_whoever_comes_to_a_page_signs_in_first_and_is_led_back(arrive, cast, demo):
    student = arrive(None, allow=r"status of 401")
    page = student.page
    page.goto(f"/courses/{demo.ready['course_id']}")
    page.wait_for_url(re.compile(r"/sign-in\?return="))
    page.get_by_label("Login").fill(cast["students"][9]["login"])
    page.get_by_label("Password", exact=True).fill(cast["students"][9]["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/courses/{demo.ready['course_id']}$"))
    expect(page.get_by_role("heading", level=1)).not_to_be_empty()


def test_a_person_of_two_institutions_chooses_one_and_switches_later(arrive, cast, demo):
    visitor = arrive(None)
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_label("Login").fill(COMMUTER)
    page.get_by_label("Password", exact=True).fill(cast["instructor"]["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    choices = page.get_by_role("group", name="Choose an institution")
    expect(choices.get_by_role("button")).to_have_count(2)
    choices.get_by_role("button", name=demo.second["name"]).click()
    expect(page.get_by_role("heading", name="My courses", level=1)).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(demo.second["name"])
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("menuitemradio", name=demo.first["name"]).click()
    expect(page.get_by_role("banner")).to_contain_text(demo.first["name"])


def test_after_signing_out_the_pages_are_closed(arrive, cast):
    student = arrive(None, allow=r"status of 401")
    page = student.page
    sign_in(page, cast["students"][8])
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    page.goto("/")
    page.wait_for_url(re.compile("/sign-in"))


def test_an_institution_shows_nothing_to_people_of_another(arrive, demo, lesson):
    stranger = arrive(demo.second["users"]["instructor"], allow=r"status of 40[34]")
    stranger.page.goto(f"/courses/{demo.ready['course_id']}")
    expect(stranger.page.get_by_text("Nothing here")).to_be_visible()
    stranger.page.goto(lesson["path"])
    expect(stranger.page.get_by_role("heading", name="You are not in this class")).to_be_visible()
    expect(stranger.page.get_by_text(lesson["title"])).to_have_count(0)
