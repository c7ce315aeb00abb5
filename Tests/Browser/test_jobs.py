"""The queue of background work on the operations page: numbers, charts, and dead letters that are sent on their way again."""

import json
import time

import pytest
from playwright.sync_api import expect

from Rig.database import Database


@pytest.fixture
def queue(demo):
    """Jobs of the first institution that write a row into a table, which is not there until a test makes it."""
    database = Database(demo)
    database.run("DROP TABLE IF EXISTS job_test_effects")

    def enqueue(*texts: str) -> None:
        payloads = json.dumps([{"text": text, "hold_ms": 0} for text in texts])
        database.run("""
            SELECT set_config('cohort.institution', :'institution', true);
            SELECT count(*) FROM job_enqueue(array_fill('test.effect'::text, ARRAY[:count]),
                array_fill(NULL::text, ARRAY[:count]), ARRAY(SELECT jsonb_array_elements(:'payloads'::jsonb)),
                array_fill(NULL::timestamptz, ARRAY[:count]));
        """, institution=demo.first["id"], count=len(texts), payloads=payloads)

    yield database, enqueue
    database.run("DROP TABLE IF EXISTS job_test_effects; DELETE FROM job_heads WHERE kind LIKE 'test.%'")


def test_an_operator_sees_the_queue_and_sends_dead_letters_on_their_way_again(arrive, cast, queue, photograph):
    database, enqueue = queue
    enqueue("a", "b")
    admin = arrive(cast["admin"])
    page = admin.page
    page.goto("/ops")
    section = page.get_by_role("region", name="Background work", exact=True).first
    row = section.get_by_role("row").filter(has=page.get_by_role("rowheader", name="test.effect"))
    dead = row.filter(has=page.get_by_role("button"))
    expect(dead.get_by_role("cell").nth(0)).to_have_text("database_refused")
    expect(dead.get_by_role("cell").nth(1)).to_have_text("2")
    for name in ("Completed per minute", "Failed attempts per minute"):
        expect(section.get_by_role("heading", name=name)).to_be_visible()
    section.scroll_into_view_if_needed()
    photograph(admin, "ops-jobs-desktop")

    database.run("CREATE TABLE job_test_effects (institution_id bigint, text text); GRANT INSERT ON job_test_effects TO cohort_app")
    dead.get_by_role("button", name="Redrive test.effect, database_refused").click()
    dialog = page.get_by_role("dialog", name="Send 2 jobs on their way again?")
    dialog.get_by_role("button", name="Redrive").click()
    expect(page.get_by_text("2 jobs are on their way again.")).to_be_visible()
    expect(dead).to_have_count(0)
    expect(page.get_by_role("heading", name="Background work")).to_be_focused()
    # All of them are done, once.
    limit = time.monotonic() + 15
    while database.rows("SELECT 1 FROM job_heads WHERE state <> 'completed' AND kind = 'test.effect'"):
        assert time.monotonic() < limit
        time.sleep(0.05)
    rows = database.rows("SELECT text FROM job_test_effects ORDER BY text")
    assert [row["text"] for row in rows] == ["a", "b"]


def test_on_a_phone_nothing_of_it_is_cut_off(arrive, cast, queue, photograph):
    _, enqueue = queue
    enqueue("a")
    admin = arrive(cast["admin"], phone=True)
    page = admin.page
    page.goto("/ops")
    button = page.get_by_role("button", name="Redrive test.effect, database_refused")
    button.scroll_into_view_if_needed()
    expect(button).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    photograph(admin, "ops-jobs-phone")
