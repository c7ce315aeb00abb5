"""The operations page: for administrators, live."""

import contextlib
import json
import os
import re
import signal

import pytest
import websockets.sync.client
from playwright.sync_api import expect

from Rig.api import Api
from Rig.demo import Demo, locate
from visitors import sign_in


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


# --- Nodes -------------------------------------------------------------------------------------------------


def node(name: str, **more) -> dict:
    """A node as the server tells of it."""
    return {"id": f"{ord(name):016x}", "name": name, "version": "1.0", "state": "alive", "uptime_s": 93_784,
            "connections": 7, "loops": [{"load": 0.5}, {"load": 0.95}], "rss_bytes": 81_264_640, "descriptors": 950,
            "descriptor_limit": 1000, "broker_lag_ms": 1.25, "draining": False, "hears": True, "aside": [],
            "last_heard_ms": 300, **more}


@pytest.fixture
def told(arrive, cast):
    """The page of an operator, to whom the server tells what the test wants: `told(nodes)` opens it, or changes them."""
    admin = arrive(cast["admin"], allow=r"status of 503")
    nodes: list[dict] = []

    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "nodes": nodes})

    def tell(*now: dict):
        nodes[:] = now
        if "/ops" not in admin.page.url:
            admin.page.route("**/api/v1/ops/live", answer)
            admin.page.goto("/ops")
        return admin

    return tell


def card(page, name: str, place: int = 0):
    """A node's card; `place` tells apart those of one name."""
    return page.locator(".node").filter(has=page.get_by_role("heading", name=name, exact=True)).nth(place)


def test_each_node_has_a_card_with_its_numbers_and_says_in_words_how_it_stands(told):
    page = told(
        node("b", aside=["deaf"], hears=False), node("a"), node("c", draining=True), node("d", aside=["tired"]),
        node("e", state="silent", last_heard_ms=21_000), node("f", state="stopped", last_heard_ms=9_000),
        node("g", aside=["operator"], broker_lag_ms=None)).page
    badges = {"a": "Serving", "b": "Cut off", "c": "Draining", "d": "Out of rotation", "g": "Out of rotation"}
    for name, words in badges.items():
        expect(card(page, name).locator(".badge")).to_have_text(words)
        expect(card(page, name).locator(".badge svg")).to_have_count(1)
    expect(card(page, "e").locator(".badge")).to_have_text(re.compile(r"^Silent since \d\d:\d\d:\d\d$"))
    expect(card(page, "f").locator(".badge")).to_have_text(re.compile(r"^Stopped at \d\d:\d\d:\d\d$"))
    facts = card(page, "a").locator("dd")
    expect(facts).to_have_text(["7", "81 MB", "950 / 1,000 (near the limit)", re.compile(r"^1\.3\sms$")])
    expect(card(page, "a").get_by_role("img", name="Load of the loops: 50% and 95%")).to_be_visible()
    expect(card(page, "g").locator("dd").last).to_have_text("–")
    expect(page.get_by_role("heading", name="Nodes 5 nodes, 1 taking sessions")).to_be_visible()
    # The node that answers stands first in what the server tells.
    expect(page.get_by_role("alert").filter(has_text="does not hear the other nodes")).to_contain_text("b, which answers")
    assert page.locator(".node h3").all_inner_texts() == list("abcdefg")
    for name in "cef":
        expect(card(page, name).get_by_role("button")).to_have_count(0)


def test_the_last_node_that_takes_sessions_is_kept(told):
    page = told(node("a"), node("b", aside=["operator"]), node("c", state="silent")).page
    button = card(page, "a").get_by_role("button", name="Send sessions elsewhere")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", "No other node takes sessions.")
    button.click(force=True)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page, "b").get_by_role("button", name="Take sessions again")).to_be_enabled()
    told(node("a", hears=None))
    expect(button).to_have_count(0)


def test_an_operator_is_asked_before_and_sees_when_it_is_done_or_not(told):
    page = told(node("a"), node("b")).page
    button = card(page, "b").get_by_role("button")
    wishes = []

    def take(route):
        wishes.append((route.request.url.split("/")[-1], route.request.post_data_json, "x-csrf-token" in route.request.headers))
        route.fulfill(status=503, json={"errors": [{"message": "busy"}], "code": "unavailable"}) if len(wishes) == 1 \
            else route.fulfill(status=204)

    page.route("**/api/v1/ops/nodes/*", take)
    button.click()
    dialog = page.get_by_role("dialog", name="Send the sessions of b elsewhere?")
    expect(dialog).to_contain_text("Its 7 connections are closed")
    dialog.get_by_role("button", name="Cancel").click()
    assert wishes == []
    button.focus()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Send sessions elsewhere").click()
    expect(page.get_by_role("alert").filter(has_text="server")).to_be_visible()
    expect(button).to_be_enabled()
    page.get_by_role("button", name="Try again").click()
    expect(button).to_have_text("Sending sessions elsewhere…")
    expect(button).to_be_disabled()
    told(node("a"), node("b", aside=["operator"]))
    expect(button).to_have_text("Take sessions again")
    expect(button).to_be_enabled()
    assert wishes == [(node("b")["id"], {"aside": True}, True)] * 2


def test_cards_keep_their_places_and_the_focus_while_the_numbers_change(told):
    page = told(node("a"), node("b"), node("c")).page
    button = card(page, "b").get_by_role("button")
    button.focus()
    for connections in (8, 9):
        told(node("c"), node("b", connections=connections), node("a"))
        expect(card(page, "b").locator("dd").first).to_have_text(str(connections))
        expect(button).to_be_focused()
    assert page.locator(".node h3").all_inner_texts() == ["a", "b", "c"]
    # It dies, and starts anew: its new life takes its place, and the old one goes a minute later.
    old = node("b", state="silent", last_heard_ms=9_000)
    told(node("a"), old, node("c"))
    expect(card(page, "b").locator(".badge")).to_contain_text("Silent since")
    expect(page.locator(".node").nth(1)).to_be_focused()
    told(node("a"), old, node("c"), {**node("b"), "id": "00000000000000ff"})
    expect(page.locator(".node h3")).to_have_text(["a", "b", "c", "b"])
    expect(card(page, "b", 0).locator(".badge")).to_have_text("Serving")
    expect(card(page, "b", 1).locator(".badge")).to_contain_text("Silent since")
    told(node("a"), node("c"), {**node("b"), "id": "00000000000000ff"})
    expect(page.locator(".node h3")).to_have_text(["a", "b", "c"])
    expect(page.get_by_role("heading", name="Nodes 3 nodes")).to_be_visible()


def test_the_cards_fit_a_phone(arrive, cast, photograph):
    for theme in ("light", "dark"):
        admin = arrive(cast["admin"], phone=True, theme=theme)
        admin.page.goto("/ops")
        admin.page.locator(".node").scroll_into_view_if_needed()
        width = admin.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, width
        photograph(admin, f"ops-nodes-phone-{theme}")


@pytest.fixture(scope="module")
def cluster(request):
    """Three nodes behind a balancer."""
    with Demo(locate(request.config.getoption("--cohort")), nodes=3) as server:
        yield server


@contextlib.contextmanager
def seat(demo: Demo, user: dict, address: str):
    """Somebody in the demo's class, by way of one node."""
    channel = f"class:{demo.ready['class_id']}"
    with websockets.sync.client.connect(address) as socket:
        for number, command in enumerate(({"connect": {"token": Api(demo.base, user).live_token()}}, {"subscribe": {"channel": channel}})):
            socket.send(json.dumps({"id": number + 1, **command}))
            assert "error" not in json.loads(socket.recv(timeout=30).splitlines()[0])
        yield socket


def test_every_node_shows_all_of_them_and_one_that_dies_is_seen_to(cluster, chromium):
    users, nodes = cluster.first["users"], cluster.ready["nodes"]
    context = chromium.new_context(base_url=cluster.base, locale="en-GB", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, users["admin"])
    page.goto("/ops")
    expect(page.locator(".node .badge")).to_have_text(["Serving"] * 3)
    cells = page.get_by_role("row").filter(has_text="Eigenvalues, live").get_by_role("gridcell")
    with seat(cluster, users["students"][0], nodes[0]["ws_url"]), seat(cluster, users["students"][1], nodes[1]["ws_url"]):
        expect(cells.first).to_have_text("2")
        for base in (one["base_url"] for one in nodes):
            live = Api(base, users["admin"]).get("/api/v1/ops/live")
            assert live["totals"]["connections"] == 2, base
            assert sorted((one["name"], one["connections"]) for one in live["nodes"]) == [
                ("node-1", 1), ("node-2", 1), ("node-3", 0)]

    # Out of rotation and back, whichever node the page's requests reach.
    third = card(page, "node-3")
    for action, badge in (("Send sessions elsewhere", "Out of rotation"), ("Take sessions again", "Serving")):
        third.get_by_role("button", name=action).click()
        page.get_by_role("dialog").get_by_role("button", name=action).click()
        expect(third.locator(".badge")).to_have_text(badge, timeout=20_000)

    os.kill(cluster.node("node-2")["pid"], signal.SIGKILL)
    silent = page.locator(".node.gone")
    expect(silent.locator(".badge")).to_have_text(re.compile("^Silent since"), timeout=20_000)
    expect(silent.locator("h3")).to_have_text("node-2")
    expect(page.locator(".node:not(.gone) h3")).to_have_text(["node-1", "node-2", "node-3"], timeout=60_000)
    context.close()
