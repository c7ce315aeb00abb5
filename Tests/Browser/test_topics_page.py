"""Announcements and discussions: told, read, answered, changed, and what happens without a network."""

import re

import pytest
from playwright.sync_api import expect

from visitors import OFFLINE_NOISE, settled


def test_an_announcement_is_written_and_read(arrive, cast, scenery):
    teacher, grace = arrive(cast["instructor"]).page, arrive(cast["students"][3]).page
    teacher.goto(f"{scenery.path}/announcements")
    expect(teacher.get_by_text("Posts 1 Jan 2040")).to_be_visible()
    teacher.get_by_role("link", name="New announcement").click()
    teacher.get_by_label("Title").fill("Room changed")
    teacher.get_by_role("textbox", name="Text").fill("We meet in 204.")
    teacher.get_by_role("button", name="Announce").click()
    expect(teacher.get_by_role("heading", name="Room changed")).to_be_visible()

    grace.goto("/")
    grace.get_by_role("link", name="3 new announcements").click()
    row = grace.get_by_role("listitem").filter(has_text="Room changed")
    expect(row.get_by_role("img", name="Unread")).to_be_visible()
    # What is to come is not told before.
    expect(grace.get_by_text("Happy new year")).to_have_count(0)
    with grace.expect_response(lambda answer: answer.url.endswith("/read")):
        row.get_by_role("link").click()
    expect(grace.get_by_text("We meet in 204.")).to_be_visible()
    grace.go_back()
    expect(row.get_by_role("img", name="Unread")).to_have_count(0)
    grace.get_by_role("button", name="Mark all as read").click()
    expect(grace.get_by_role("img", name="Unread")).to_have_count(0)
    grace.get_by_role("button", name="Unread").click()
    expect(grace.get_by_text("All read")).to_be_visible()


def test_a_thread_is_answered_changed_and_taken_back(arrive, cast, scenery):
    topic = scenery.topic("Which proof is shorter?", discussion_type="threaded")
    teacher, ada = arrive(cast["instructor"]).page, arrive(cast["students"][0]).page
    teacher.goto(f"{scenery.path}/discussion_topics/{topic['id']}")
    expect(teacher.get_by_text("Nobody has said anything yet")).to_be_visible()
    ada.goto(f"{scenery.path}/discussion_topics/{topic['id']}")
    settled(ada)
    ada.keyboard.press("r")
    ada.get_by_role("textbox", name="Your reply").fill("The second one.")
    ada.get_by_role("button", name="Send").click()
    expect(ada.locator(".entry", has_text="The second one.")).to_be_visible()

    teacher.reload()
    entry = teacher.locator(".entry", has_text="The second one.")
    expect(entry.get_by_role("img", name="Unread")).to_be_visible()
    teacher.get_by_role("button", name="Reply to Inés Moreau").click()
    teacher.get_by_role("textbox", name="Your reply").fill("Why?")
    teacher.get_by_role("textbox", name="Your reply").press("Control+Enter")
    expect(teacher.locator(".thread .thread .entry", has_text="Why?")).to_be_visible()
    teacher.get_by_role("button", name="Mark all as read").click()
    expect(teacher.get_by_role("img", name="Unread")).to_have_count(0)

    ada.reload()
    ada.get_by_role("button", name="Edit what Inés Moreau said").click()
    ada.get_by_role("textbox", name="Your change").fill("The third one.")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator(".entry", has_text="The third one.").get_by_text("edited")).to_be_visible()
    # Only one's own words are one's to change.
    expect(ada.get_by_role("button", name="Edit what Daniel Whitcombe said")).to_have_count(0)
    ada.get_by_role("button", name="Delete what Inés Moreau said").click()
    expect(ada.get_by_text("This was deleted.")).to_be_visible()
    ada.get_by_role("button", name="Undo").click()
    expect(ada.locator(".entry", has_text="The third one.")).to_be_visible()


def test_a_reply_without_a_network_is_kept(arrive, cast, scenery):
    topic = scenery.topic("On the train", discussion_type="threaded")
    ada = arrive(cast["students"][0], phone=True, allow=OFFLINE_NOISE + "|Failed to load resource")
    page = ada.page
    page.goto(f"{scenery.path}/discussion_topics/{topic['id']}")
    page.get_by_role("button", name="Reply", exact=True).tap()
    reply = page.get_by_role("textbox", name="Your reply")
    reply.fill("From the tunnel")
    ada.context.set_offline(True)
    expect(page.get_by_text("Offline since")).to_be_visible()
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_text("What you wrote is kept on this device.")).to_be_visible()
    ada.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Reply", exact=True).tap()
    expect(reply).to_have_text("From the tunnel")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".entry", has_text="From the tunnel")).to_be_visible()


def test_others_are_heard_after_one_has_spoken_where_the_topic_says_so(arrive, cast, scenery):
    topic = scenery.topic("Say it first", require_initial_post=True, discussion_type="threaded")
    scenery.teacher.post(f"{scenery.api}/discussion_topics/{topic['id']}/entries", {"message": "A hint."})
    page = arrive(cast["students"][0]).page
    page.goto(f"{scenery.path}/discussion_topics/{topic['id']}")
    expect(page.get_by_text("Reply first")).to_be_visible()
    page.keyboard.press("r")
    page.get_by_role("textbox", name="Your reply").fill("My own thought.")
    page.get_by_role("textbox", name="Your reply").press("Control+Enter")
    expect(page.locator(".entry", has_text="A hint.")).to_be_visible()


@pytest.mark.parametrize("count", [60])
def test_a_long_discussion_comes_some_at_a_time(arrive, cast, scenery, count):
    topic = scenery.topic("Long", discussion_type="threaded")
    entries = f"{scenery.api}/discussion_topics/{topic['id']}/entries"
    for number in range(count // 2):
        scenery.teacher.post(entries, {"message": f"Entry {number}"})
    first = scenery.teacher.post(entries, {"message": "With replies"})
    for number in range(count // 4):
        scenery.student.post(f"{entries}/{first['id']}/replies", {"message": f"Reply {number}"})
    page = arrive(cast["instructor"]).page
    page.goto(f"{scenery.path}/discussion_topics/{topic['id']}")
    expect(page.locator(".thread-list > .thread")).to_have_count(25)
    page.get_by_role("button", name="Show all replies").click()
    expect(page.locator(".entry", has_text=re.compile(r"Reply \d"))).to_have_count(count // 4)
    page.get_by_role("button", name="Show older ones").click()
    expect(page.locator(".thread-list > .thread")).to_have_count(count // 2 + 1)
    page.keyboard.press("n")
    expect(page.locator(".entry:focus")).to_contain_text("Reply 0")
