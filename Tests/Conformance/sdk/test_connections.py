"""Connections: tokens, refresh, pings, server-side subscriptions."""

import asyncio
import json
import time

import pytest
from centrifuge import ClientState, UnauthorizedError

from .server import Person, channel, run, token


def test_connects_and_disconnects_again_and_again(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            for _ in range(3):
                await ada.client.disconnect()
                assert ada.client.state == ClientState.DISCONNECTED
                await ada.client.connect()
                await ada.client.ready()
                assert ada.client.state == ClientState.CONNECTED
            told = ada.events.of("connected")
            assert len({one.client for one in told}) == 4
            assert all(one.version for one in told)

    run(body())


@pytest.mark.parametrize("bad", ["none", "a.b.c", "", None, 1, 2, 3, 4, 5])
def test_closes_for_good_on_a_bad_token(server, binary, bad):
    """What is no token at all, and tokens with one thing wrong."""
    wrong = {
        1: token("42", secret="other"), 2: token("42", algorithm="none"), 3: token("42", "channel"),
        4: token(None, sub=42), 5: token("42", nbf=time.time() + 100)}

    async def body():
        async def get_token() -> str:
            return wrong.get(bad, bad)

        options = {"get_token": get_token} if bad else {"get_token": None}
        ada = Person(server, binary, **options)
        await ada.client.connect()
        assert (await ada.events.count("disconnected"))[0].code == 3500

    run(body())


def test_an_expired_token_is_fetched_anew(server, binary):
    async def body():
        asked = []

        async def get_token() -> str:
            asked.append(1)
            return token("42", exp=time.time() + (-5 if len(asked) == 1 else 100))

        async with Person(server, binary, get_token=get_token):
            assert len(asked) == 2

    run(body())


def test_a_client_that_may_not_have_a_token_ends(server, binary):
    async def body():
        async def get_token() -> str:
            raise UnauthorizedError

        ada = Person(server, binary, get_token=get_token)
        await ada.client.connect()
        assert (await ada.events.count("disconnected"))[0].code == 1

    run(body())


def test_the_connection_outlives_a_token_that_is_refreshed(server, binary):
    async def body():
        asked = []

        async def get_token() -> str:
            asked.append(1)
            return token("42", exp=time.time() + (2 if len(asked) < 3 else 100))

        async with Person(server, binary, get_token=get_token) as ada:
            while len(asked) < 3:
                await asyncio.sleep(0.05)
            assert (await ada.client.presence_stats("#42")).num_clients == 1
            assert len(ada.events.of("connected")) == 1

    run(body())


def test_a_refresh_with_another_users_token_ends_the_connection(server, binary):
    async def body():
        async def get_token() -> str:
            return token("b" if ada.events.of("connected") else "a", exp=time.time() + 2)

        ada = Person(server, binary, get_token=get_token)
        async with ada:
            assert (await ada.events.count("disconnected"))[0].code == 3500

    run(body())


def test_pings_keep_a_connection(pinged, binary):
    """Without them the SDK would give up after four seconds, and without its answers the server."""
    async def body():
        async with Person(pinged, binary, max_server_ping_delay=1) as ada:
            await asyncio.sleep(6.5)
            assert ada.client.state == ClientState.CONNECTED
            assert len(ada.events.of("connected")) == 1

    run(body())


def test_several_connections_of_one_user_count_as_one_user(server, binary):
    async def body():
        async with Person(server, binary, "same" + channel()) as one, Person(server, binary, one.user):
            stats = await one.client.presence_stats("#" + one.user)
            assert (stats.num_clients, stats.num_users) == (2, 1)

    run(body())


def test_an_unknown_method_is_refused(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            with pytest.raises(Exception) as problem:
                await ada.client.rpc("nothing", ada.data({}))
            assert problem.value.code == 104

    run(body())


def test_each_user_has_a_channel_of_their_own(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            own = "#" + ada.user
            begun = (await ada.events.count("subscribed"))[0]
            assert (begun.channel, begun.recoverable, begun.positioned) == (own, True, True)
            assert begun.stream_position.epoch
            assert (await ada.events.count("join"))[0].info.client == ada.name
            await ada.client.publish(own, ada.data({"n": 1}))
            told = (await ada.events.count("publication"))[0]
            assert (told.channel, told.pub.data, told.pub.offset) == (own, ada.data({"n": 1}), 1)
            assert told.pub.info.user == ada.user
            history = await ada.client.history(own, limit=10)
            assert [one.offset for one in history.publications] == [1]

    run(body())


def test_a_channel_of_ones_own_is_recovered_in_the_connect_reply(server, binary):
    async def body():
        async with Person(server, binary) as ada, Person(server, binary, ada.user) as tab:
            own = "#" + ada.user
            await ada.events.count("subscribed")
            await ada.client.publish(own, ada.data({"n": 1}))
            await ada.events.count("publication")
            await ada.client.disconnect()
            for number in (2, 3):
                await tab.client.publish(own, ada.data({"n": number}))
            await ada.client.connect()
            again = (await ada.events.count("subscribed", 2))[1]
            assert (again.was_recovering, again.recovered) == (True, True)
            told = await ada.events.count("publication", 3)
            assert [one.pub.data for one in told] == [ada.data({"n": number}) for number in (1, 2, 3)]

    run(body())


def test_nobody_subscribes_to_anothers_channel(server, binary):
    async def body():
        async with Person(server, binary) as ada, Person(server, binary) as eve:
            subscription, events = eve.listen("#" + ada.user, get_token=None)
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 103
            with pytest.raises(Exception) as problem:
                await eve.client.publish("#" + ada.user, eve.data({}))
            assert problem.value.code == 103

    run(body())


def test_a_token_names_further_channels_and_what_others_are_told(server, binary):
    async def body():
        room = channel()
        claims = {"channels": [room], "info": {"name": "Ada"}}
        async with Person(server, binary, claims=claims) as ada:
            begun = await ada.events.count("subscribed", 2)
            assert {one.channel for one in begun} == {room, "#" + ada.user}
            there = await ada.client.presence(room)
            told = there.clients[ada.name].conn_info
            assert (json.loads(told) if binary else told) == {"name": "Ada"}
            assert list(there.clients) == [ada.name]

    run(body())


def test_a_client_that_never_answers_is_found_out(pinged, binary):
    """The SDK answers by itself; here it is kept from it."""
    async def body():
        ada = Person(pinged, binary)
        await ada.client.connect()
        await ada.client.ready()
        ada.client._send_pong = False
        codes = [one.code for one in await ada.events.count("connecting", 2)]
        assert codes[1] == 3012
        await ada.client.disconnect()

    run(body())
