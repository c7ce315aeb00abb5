"""Chat: written, changed, pinned, locked, and read by those who come late."""

from playwright.sync_api import expect


def test_messages_reach_everyone_and_are_edited_and_deleted_for_everyone(arrive, cast, lesson):
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    ada.say("Is this on the exam?")
    expect(ben.message("Is this on the exam?")).to_be_visible()
    ada.on_message("Is this on the exam?", "Edit")
    field = ada.page.get_by_role("textbox", name="Write a message")
    expect(field).to_have_value("Is this on the exam?")
    field.fill("Is this in the exam?")
    field.press("Enter")
    expect(ben.message("Is this in the exam?")).to_contain_text("edited")
    expect(ben.log.locator(".message")).to_have_count(1)
    ben.message("Is this in the exam?").hover()
    ben.message("Is this in the exam?").get_by_role("button", name="What to do with").click()
    expect(ben.page.get_by_role("menuitem", name="Reply")).to_be_visible()
    expect(ben.page.get_by_role("menuitem", name="Delete")).to_have_count(0)
    ben.page.keyboard.press("Escape")
    ada.on_message("Is this in the exam?", "Delete")
    ada.confirm("Delete")
    expect(ben.log.locator(".message")).to_have_count(0)
    expect(ada.log.locator(".message")).to_have_count(0)


def test_a_reply_quotes_what_it_answers(arrive, cast, lesson):
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    ada.say("Who has the slides?")
    expect(ben.message("Who has the slides?")).to_be_visible()
    ben.on_message("Who has the slides?", "Reply")
    ben.say("They are in the course.")
    expect(ada.message("They are in the course.").locator(".message-quote")).to_contain_text("Who has the slides?")


def test_the_instructor_pins_and_deletes_and_a_lock_stops_students(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.say("Office hours: Thursday at three")
    ada.say("Buy cheap essays")
    teacher.on_message("Office hours", "Pin")
    expect(ada.page.locator(".chat-pins")).to_contain_text("Office hours: Thursday at three")
    teacher.on_message("Buy cheap essays", "Delete")
    teacher.confirm("Delete")
    expect(ada.message("Buy cheap essays")).to_have_count(0)
    teacher.page.get_by_role("button", name="Lock chat").click()
    expect(ada.page.get_by_text("The chat is locked by the instructor.")).to_be_visible()
    expect(ada.page.get_by_role("textbox", name="Write a message")).to_be_hidden()
    teacher.say("Listen, please")
    expect(ada.message("Listen, please")).to_be_visible()
    teacher.page.get_by_role("button", name="Unlock chat").click()
    ada.say("Sorry!")
    expect(teacher.message("Sorry!")).to_be_visible()


def test_markup_in_a_message_stays_text(arrive, cast, lesson):
    ada, ben = (arrive(user).enter(lesson) for user in cast["students"][:2])
    evil = "<img src=x onerror=\"document.title='broken'\"><b>bold</b> javascript:alert(1) https://example.org/a"
    ada.say(evil)
    row = ben.message("javascript:alert(1)")
    expect(row.locator(".message-text")).to_have_text(evil)
    expect(row.locator("img, b")).to_have_count(0)
    link = row.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert ben.page.title() != "broken"


def test_a_latecomer_and_a_reload_see_the_history_in_order(arrive, cast, lesson):
    ada = arrive(cast["students"][0]).enter(lesson)
    lines = [f"Line {number:02}" for number in range(12)]
    for line in lines:
        ada.say(line)
    late = arrive(cast["students"][1]).enter(lesson)
    expect(late.log.locator(".message-text")).to_have_text(lines)
    ada.page.reload()
    ada.connected()
    expect(ada.log.locator(".message-text")).to_have_text(lines)
