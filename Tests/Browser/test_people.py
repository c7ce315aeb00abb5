"""People: how many are here, whose hand is up, who may speak and who has to go."""

import re

from playwright.sync_api import expect


def test_the_count_follows_who_comes_and_goes(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    for visitor in (teacher, ada, ben):
        expect(visitor.page.locator(".class-here")).to_have_text("3 here")
    panel = teacher.tab("People")
    expect(panel.locator(".roster .person", has_text=ada.name)).to_contain_text("here")
    expect(panel.get_by_text(re.compile(r"\d+ people, 3 here"))).to_be_visible()
    panel.get_by_role("searchbox", name="Search by name").fill(ben.name)
    expect(panel.locator(".roster .person")).to_have_count(1)
    ben.page.goto("/")
    # A leave is told after the grace that a reload may take.
    expect(ada.page.locator(".class-here")).to_have_text("2 here", timeout=25_000)


def test_hands_are_raised_in_order_and_lowered(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    ada.page.get_by_role("button", name="Raise hand").click()
    expect(ada.page.get_by_role("button", name="Lower hand")).to_be_visible()
    ben.page.get_by_role("button", name="Raise hand").click()
    panel = teacher.tab("People")
    expect(panel.locator(".hands .person")).to_have_count(2)
    expect(panel.locator(".hands .person").first).to_contain_text(ada.name)
    panel.get_by_role("button", name=f"Lower {ada.name}’s hand").click()
    expect(ada.page.get_by_role("button", name="Raise hand")).to_be_visible()
    ben.page.get_by_role("button", name="Lower hand").click()
    expect(panel.get_by_text("No hand is raised.")).to_be_visible()


def test_a_muted_student_reads_but_does_not_write_until_unmuted(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.on_person(ada.name, "5 minutes")
    expect(ada.page.get_by_text(re.compile("You are muted until"))).to_be_visible()
    expect(ada.page.get_by_role("button", name="Raise hand")).to_be_disabled()
    expect(teacher.page.get_by_role("tabpanel", name="People").locator(".roster .person", has_text=ada.name)
           .get_by_role("img", name="Muted")).to_be_visible()
    teacher.on_person(ada.name, "Unmute")
    teacher.tab("Chat")
    ada.say("Thank you")
    expect(teacher.message("Thank you")).to_be_visible()


def test_a_removed_student_is_told_so_and_comes_back_when_let_in(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][7]).enter(lesson)
    teacher.on_person(ada.name, "Remove from class")
    toast = teacher.page.get_by_role("status").filter(has_text="is being removed")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    toast.get_by_role("button", name="Close").click()
    expect(ada.page.get_by_role("heading", name="You were removed from this class")).to_be_visible()
    ada.page.reload()
    expect(ada.page.get_by_role("heading", name="You are not in this class")).to_be_visible()
    row = teacher.tab("People").locator(".roster .person", has_text=ada.name)
    expect(row).to_contain_text("removed from this class")
    teacher.on_person(ada.name, "Let in again")
    expect(row).not_to_contain_text("removed from this class")
    ada.page.get_by_role("button", name="Try again").click()
    expect(ada.page.get_by_role("button", name="Raise hand")).to_be_enabled()


def test_reactions_and_announcements_reach_everyone(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    ada.page.get_by_role("button", name="React", exact=True).click()
    ada.page.get_by_role("button", name="React with 👏").click()
    teacher.page.wait_for_selector(".stage-reactions .float", state="attached")
    teacher.page.get_by_role("button", name="More for this class").click()
    teacher.page.get_by_role("menuitem", name="Announce").click()
    teacher.page.get_by_label("Announcement for everybody").fill("Room 12 tomorrow")
    teacher.confirm("Announce")
    expect(ada.page.locator(".stage-note")).to_contain_text("Room 12 tomorrow")
    late = arrive(cast["students"][1]).enter(lesson)
    expect(late.page.locator(".stage-note")).to_contain_text("Room 12 tomorrow")
