"""What an app's own server does: publications with tags, subscriptions and their end, the end of connections."""

import pytest
from centrifuge import ClientState, Filter, SubscriptionState

from .server import KEY, Person, channel, run

PRICES = [{"ticker": ticker, "price": str(price)} for ticker, price in (("AAA", 90), ("BBB", 101), ("AAA", 102), ("CCC", 103))]


@pytest.mark.parametrize("wanted,offsets", [
    (Filter.eq("ticker", "AAA"), [1, 3]), (Filter.neq("ticker", "AAA"), [2, 4]), (Filter.is_in("ticker", ["AAA", "CCC"]), [1, 3, 4]),
    (Filter.not_in("ticker", ["AAA"]), [2, 4]), (Filter.exists("price"), [1, 2, 3, 4]), (Filter.not_exists("other"), [1, 2, 3, 4]),
    (Filter.starts_with("ticker", "B"), [2]), (Filter.ends_with("ticker", "CC"), [4]), (Filter.contains("ticker", "BB"), [2]),
    (Filter.gt("price", "101"), [3, 4]), (Filter.gte("price", "101"), [2, 3, 4]), (Filter.lt("price", "101"), [1]),
    (Filter.lte("price", "101"), [1, 2]), (Filter.all(Filter.eq("ticker", "AAA"), Filter.gt("price", "100")), [3]),
    (Filter.any(Filter.eq("ticker", "BBB"), Filter.eq("ticker", "CCC")), [2, 4]), (Filter.negate(Filter.eq("ticker", "AAA")), [2, 4])])
def test_a_subscriber_gets_the_publications_whose_tags_fit(others, binary, wanted, offsets):
    async def body():
        room = channel("tagged:")
        async with Person(others, binary) as ada:
            subscription, events = await ada.subscribe(room, tags_filter=wanted)
            for tags in PRICES:
                status, _ = others.call("publish", {"channel": room, "data": tags, "tags": tags})
                assert status == 200
            told = [one.pub for one in await events.count("publication", len(offsets))]
            assert [one.offset for one in told] == offsets
            assert [one.tags for one in told] == [PRICES[offset - 1] for offset in offsets]
            # Who comes back is given the same choice.
            await ada.client.disconnect()
            again = {"channel": room, "data": 5, "tags": PRICES[offsets[0] - 1]}
            for tags in (PRICES[offsets[0] - 1], {"ticker": "none"}):
                others.call("publish", again | {"tags": tags})
            await ada.client.connect()
            assert (await events.count("subscribed", 2))[1].recovered
            assert (await events.count("publication", len(offsets) + 1))[len(offsets)].pub.offset == 5
            everything = await subscription.history(limit=-1)
            assert len(everything.publications) == 6

    run(body())


def test_a_filter_that_is_none_or_not_offered_is_a_bad_request(others, binary):
    async def body():
        async with Person(others, binary) as ada:
            wishes = [("tagged:", Filter.is_in("ticker", [])), ("tagged:", Filter.gt("price", "much")), ("plain:", Filter.exists("x"))]
            for prefix, wanted in wishes:
                subscription, events = ada.listen(channel(prefix), tags_filter=wanted)
                await subscription.subscribe()
                assert (await events.count("unsubscribed"))[0].code == 107

    run(body())


def test_a_connection_is_subscribed_and_unsubscribed_by_the_server(others, binary):
    async def body():
        room = channel("tagged:")
        async with Person(others, binary) as ada, Person(others, binary, ada.user) as tab, Person(others, binary) as bob:
            others.call("subscribe", {"channel": room, "user": ada.user})
            for one in (ada, tab):
                begun = (await one.events.count("subscribed"))[0]
                assert (begun.channel, begun.recoverable) == (room, True)
            _, answer = others.call("publish", {"channel": room, "data": {"n": 1}})
            assert answer["result"]["offset"] == 1 and answer["result"]["epoch"]
            told = (await ada.events.count("publication"))[0]
            assert (told.channel, told.pub.data, told.pub.info) == (room, ada.data({"n": 1}) if not binary else b'{"n":1}', None)
            others.call("unsubscribe", {"channel": room, "user": ada.user})
            assert (await ada.events.count("unsubscribed"))[0].channel == room
            assert not bob.events.of("subscribed")

    run(body())


def test_a_subscription_that_the_server_ends_is_not_begun_again(others, binary):
    async def body():
        room = channel("plain:")
        async with Person(others, binary) as ada:
            subscription, events = await ada.subscribe(room)
            others.call("unsubscribe", {"channel": room, "user": ada.user})
            assert (await events.count("unsubscribed"))[0].code == 2000
            assert subscription.state == SubscriptionState.UNSUBSCRIBED

    run(body())


def test_connections_that_the_server_ends_do_not_come_back(others, binary):
    async def body():
        async with Person(others, binary) as ada, Person(others, binary) as bob:
            others.call("disconnect", {"user": ada.user})
            assert (await ada.events.count("disconnected"))[0].code == 3503
            assert ada.client.state == ClientState.DISCONNECTED and bob.client.state == ClientState.CONNECTED

    run(body())


@pytest.mark.parametrize("name,body,key,status", [
    ("publish", {"channel": "plain:x", "data": 1}, None, 401), ("publish", {"channel": "plain:x", "data": 1}, KEY[:-1] + "x", 401),
    ("publish", {"channel": "plain:x", "data": 1}, KEY + "x", 401), ("publish", b"{", KEY, 400), ("publish", [], KEY, 400),
    ("publish", {"channel": "plain:x"}, KEY, 400), ("publish", {"data": 1}, KEY, 400),
    ("publish", {"channel": "x" * 256, "data": 1}, KEY, 400), ("publish", {"channel": "nowhere:x", "data": 1}, KEY, 404),
    ("publish", {"channel": "plain:x", "data": 1, "tags": {"a": 1}}, KEY, 400), ("subscribe", {"channel": "plain:x"}, KEY, 400),
    ("subscribe", {"channel": "nowhere:x", "user": "a"}, KEY, 404), ("unsubscribe", {"user": "a"}, KEY, 400),
    ("disconnect", {}, KEY, 400), ("disconnect", {"user": ""}, KEY, 400), ("nothing", {}, KEY, 404)])
def test_what_an_app_server_may_not_or_says_wrongly_is_refused(others, name, body, key, status):
    assert others.call(name, body, key)[0] == status


def test_without_a_key_nobody_is_let_in(server):
    assert server.call("publish", {"channel": "x", "data": 1})[0] == 404
