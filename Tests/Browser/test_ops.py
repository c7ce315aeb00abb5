"""The operations page: for administrators, live."""

import re

from playwright.sync_api import expect


def test_an_administrator_sees_the_class_its_people_and_its_rates_live(arrive, cast, lesson, photograph):
    admin = arrive(cast["admin"])
    page = admin.page
    arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    page.goto("/ops")
    expect(page.get_by_role("heading", name="Operations", level=1)).to_be_visible()
    for label in ("Connections", "Joins", "Messages", "Answers", "Deliveries", "Ack p99", "Fan-out p99"):
        expect(page.locator(".totals dt", has_text=re.compile(rf"^{label}$"))).to_be_visible()
    row = page.get_by_role("row").filter(has_text=lesson["title"])
    expect(row.get_by_role("gridcell").first).to_have_text("2")
    ben = arrive(cast["students"][1]).enter(lesson)
    expect(row.get_by_role("gridcell").first).to_have_text("3", timeout=15_000)
    for number in range(5):
        ada.say(f"Message {number}")
    expect(ben.log.locator(".message")).to_have_count(5)
    total = page.locator(".totals > div").filter(has=page.locator("dt", has_text="Messages")).locator(".big")
    expect(total).not_to_have_text(re.compile(r"^(0([.,]0)?|–)$"), timeout=15_000)
    photograph(admin, "ops-desktop-light")


def test_nobody_else_sees_it(arrive, cast):
    ada = arrive(cast["students"][0], allow=r"status of 403")
    ada.page.goto("/ops")
    expect(ada.page.get_by_text("For administrators only")).to_be_visible()
