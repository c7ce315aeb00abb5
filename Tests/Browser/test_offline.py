"""A lost connection: said plainly, nothing lost, nothing twice, everything in order."""

import re

from playwright.sync_api import expect
from visitors import OFFLINE_NOISE


def test_what_was_missed_comes_once_in_order_and_what_was_queued_is_sent_once(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0], allow=OFFLINE_NOISE).enter(lesson)
    ben = arrive(cast["students"][1]).enter(lesson)
    ben.say("Before")
    expect(ada.message("Before")).to_be_visible()
    teacher.ask(quiz, 1)
    expect(ada.option("Eigenvectors")).to_be_visible()
    teacher.tab("Chat")

    ada.context.set_offline(True)
    bar = ada.page.locator("connection-bar")
    expect(bar).to_contain_text(re.compile(r"Connection lost since \d\d:\d\d:\d\d"))
    missed = [f"Missed {number}" for number in range(1, 6)]
    for text in missed:
        ben.say(text)
    teacher.draw("Pen", [(200, 200), (260, 240), (320, 200)])
    field = ada.page.get_by_role("textbox", name="Write a message")
    field.fill("Written offline")
    field.press("Enter")
    ada.option("Eigenvectors").click()
    ada.standing("queued")
    expect(ada.log.locator(".is-pending")).to_contain_text("will be sent as soon as you are back")
    expect(bar).to_contain_text("1 message and 1 answer will be sent")
    teacher.answered(0)

    ada.context.set_offline(False)
    ada.standing("recorded", timeout=20_000)
    expect(bar).to_contain_text("You are back")
    expect(ada.message("Written offline")).to_be_visible()
    expect(ada.log.locator(".is-pending")).to_have_count(0)
    expect(ada.log.locator(".message-text")).to_have_text(["Before", *missed, "Written offline"])
    expect(ada.page.get_by_role("separator", name="While you were away")).to_be_visible()
    expect(ada.elements).to_have_count(1)
    teacher.answered(1)
    expect(teacher.message("Written offline")).to_have_count(1)


def test_an_answer_queued_before_a_reload_is_still_sent_and_counts_once(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0], allow=OFFLINE_NOISE).enter(lesson)
    teacher.ask(quiz, 2)
    expect(ada.option("1")).to_be_visible()
    ada.context.set_offline(True)
    expect(ada.page.locator("connection-bar")).to_be_visible()
    ada.option("1").click()
    ada.standing("queued")
    ada.context.set_offline(False)
    ada.page.reload()
    ada.connected()
    ada.standing("recorded", timeout=20_000)
    expect(ada.option("1")).to_have_attribute("aria-checked", "true")
    teacher.answered(1)


def test_an_answer_that_comes_after_the_reveal_does_not_count_and_says_so(arrive, cast, lesson, quiz):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0], allow=OFFLINE_NOISE).enter(lesson)
    teacher.ask(quiz, 1)
    expect(ada.option("Eigenvectors")).to_be_visible()
    ada.context.set_offline(True)
    expect(ada.page.locator("connection-bar")).to_be_visible()
    ada.option("Eigenvectors").click()
    ada.standing("queued")
    teacher.reveal()
    expect(teacher.card.locator(".bar.is-right")).to_be_visible()
    ada.context.set_offline(False)
    expect(ada.card.get_by_text("You did not answer. The right answer: Eigenvectors")).to_be_visible(timeout=20_000)
    expect(teacher.card.locator(".bar.is-right .bar-value")).to_contain_text("0")
