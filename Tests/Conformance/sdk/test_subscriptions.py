"""Subscriptions: tokens, publishing, history, presence, joins, recovery."""

import asyncio
import json
import time

import pytest
from centrifuge import StreamPosition, SubscriptionState, UnauthorizedError

from .server import Person, channel, run, token


def test_subscribes_and_unsubscribes_again_and_again(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, events = await ada.subscribe(channel())
            for _ in range(3):
                await subscription.unsubscribe()
                assert subscription.state == SubscriptionState.UNSUBSCRIBED
                await subscription.subscribe()
                await subscription.ready()
            assert len(events.of("subscribed")) == 4
            begun = events.of("subscribed")[0]
            assert (begun.recoverable, begun.positioned, begun.recovered, begun.was_recovering) == (True, True, False, False)

    run(body())


def test_several_subscriptions_at_once(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            all_of_them = [ada.listen(channel()) for _ in range(20)]
            await asyncio.gather(*(subscription.subscribe() for subscription, _ in all_of_them))
            await asyncio.gather(*(subscription.ready() for subscription, _ in all_of_them))

    run(body())


@pytest.mark.parametrize("wrong", ["none", "secret", "user", "channel", "connection", "missing"])
def test_a_bad_subscription_token_is_refused(server, binary, wrong):
    async def body():
        async with Person(server, binary) as ada:
            room = channel()
            tokens = {
                "none": "none", "secret": token(ada.user, room, secret="other"), "user": token("another", room),
                "channel": token(ada.user, "another"), "connection": token(ada.user)}

            async def get_token(_: str) -> str:
                return tokens[wrong]

            subscription, events = ada.listen(room, get_token=get_token if wrong in tokens else None)
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 103
            # The connection goes on.
            assert (await ada.client.presence_stats("#" + ada.user)).num_clients == 1

    run(body())


def test_who_may_not_have_a_subscription_token_ends(server, binary):
    async def body():
        async def get_token(_: str) -> str:
            raise UnauthorizedError

        async with Person(server, binary) as ada:
            subscription, events = ada.listen(channel(), get_token=get_token)
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 1

    run(body())


def test_an_expired_subscription_token_is_fetched_anew_and_then_refreshed(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            asked = []

            async def get_token(of: str) -> str:
                asked.append(of)
                return token(ada.user, of, exp=time.time() + (-5, 2, 100)[len(asked) - 1])

            subscription, events = await ada.subscribe(channel(), get_token=get_token)
            while len(asked) < 3:
                await asyncio.sleep(0.05)
            await subscription.publish(ada.data({"n": 1}))
            await events.count("publication")
            assert len(events.of("subscribed")) == 1 and not events.of("unsubscribed")

    run(body())


def test_a_refresh_of_a_subscription_with_a_bad_token_ends_it(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            async def get_token(of: str) -> str:
                return token("another" if events.of("subscribed") else ada.user, of, exp=time.time() + 2)

            subscription, events = ada.listen(channel(), get_token=get_token)
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 103

    run(body())


def test_a_channel_of_no_namespace_that_exists_is_unknown(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, events = ada.listen("nowhere:x")
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 102

    run(body())


def test_a_name_that_is_too_long_is_a_bad_request(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, events = ada.listen("x" * 256)
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 107

    run(body())


def test_the_bound_of_subscriptions_is_told(others, binary):
    async def body():
        async with Person(others, binary) as ada:
            for _ in range(4):
                await ada.subscribe(channel("plain:"))
            subscription, events = ada.listen(channel("plain:"))
            await subscription.subscribe()
            assert (await events.count("unsubscribed"))[0].code == 106

    run(body())


def test_publishes_to_everybody_in_order(server, binary):
    async def body():
        room = channel()
        async with Person(server, binary) as ada, Person(server, not binary) as bob:
            sender, told = await ada.subscribe(room)
            _, heard = await bob.subscribe(room)
            for number in range(20):
                await sender.publish(ada.data({"n": number}))
            for person, events in ((ada, told), (bob, heard)):
                got = [one.pub for one in await events.count("publication", 20)]
                assert [one.offset for one in got] == list(range(1, 21))
                assert [str(one.data).count(f"{number}") > 0 for number, one in enumerate(got)] == [True] * 20
                assert {one.info.client for one in got} == {ada.name}

    run(body())


def test_bytes_that_are_no_json_reach_binary_clients_whole(server):
    async def body():
        room = channel()
        async with Person(server, True) as ada:
            sender, told = await ada.subscribe(room)
            await sender.publish(b"\x00\xff\n\x01")
            assert (await told.count("publication"))[0].pub.data == b"\x00\xff\n\x01"
            assert (await sender.history(limit=1)).publications[0].data == b"\x00\xff\n\x01"

    run(body())


@pytest.mark.parametrize("command", ["publish", "history", "presence", "presence_stats"])
def test_only_subscribers_may(server, binary, command):
    async def body():
        async with Person(server, binary) as ada:
            arguments = [ada.data({})] if command == "publish" else []
            with pytest.raises(Exception) as problem:
                await getattr(ada.client, command)(channel(), *arguments)
            assert problem.value.code == 103

    run(body())


def test_what_a_namespace_does_not_offer_is_refused(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, events = await ada.subscribe(channel("smallhistory:"))
            for call in (subscription.presence, subscription.presence_stats):
                with pytest.raises(Exception) as problem:
                    await call()
                assert problem.value.code == 108
            await subscription.publish(ada.data({}))
            await events.count("publication")
            assert not events.of("join")

    run(body())


def test_history_is_read_in_pages_both_ways(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, _ = await ada.subscribe(channel())
            for number in range(1, 8):
                await subscription.publish(ada.data({"n": number}))

            async def offsets(**what) -> list[int]:
                return [one.offset for one in (await subscription.history(**what)).publications]

            top = await subscription.history(limit=0)
            assert (top.publications, top.offset) == ([], 7) and top.epoch
            assert await offsets(limit=-1) == [1, 2, 3, 4, 5, 6, 7]
            assert await offsets(limit=3) == [1, 2, 3]
            assert await offsets(limit=3, reverse=True) == [7, 6, 5]
            at = {offset: StreamPosition(offset=offset, epoch=top.epoch) for offset in range(9)}
            assert await offsets(limit=3, since=at[3]) == [4, 5, 6]
            assert await offsets(limit=3, since=at[6]) == [7]
            assert await offsets(limit=3, since=at[7]) == []
            assert await offsets(limit=3, since=at[5], reverse=True) == [4, 3, 2]
            assert await offsets(limit=-1, since=at[1], reverse=True) == []
            with pytest.raises(Exception) as problem:
                await subscription.history(limit=1, since=StreamPosition(offset=1, epoch="other"))
            assert problem.value.code == 112

    run(body())


def test_history_keeps_as_many_as_its_namespace(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, _ = await ada.subscribe(channel("smallhistory:"))
            for number in range(5):
                await subscription.publish(ada.data({"n": number}))
            kept = await subscription.history(limit=-1)
            assert ([one.offset for one in kept.publications], kept.offset) == ([4, 5], 5)

    run(body())


def test_who_is_there_and_who_comes_and_leaves(server, binary):
    async def body():
        room = channel()
        async with Person(server, binary) as ada, Person(server, not binary) as bob:
            subscription, events = await ada.subscribe(room)
            other, _ = await bob.subscribe(room, claims={"info": {"seat": 7}})
            joined = [one.info for one in await events.count("join", 2)]
            assert [one.client for one in joined] == [ada.name, bob.name]
            assert joined[1].user == bob.user
            told = joined[1].chan_info
            assert (json.loads(told) if binary else told) == {"seat": 7}
            there = (await subscription.presence()).clients
            assert set(there) == {ada.name, bob.name}
            stats = await subscription.presence_stats()
            assert (stats.num_clients, stats.num_users) == (2, 2)
            await other.unsubscribe()
            assert (await events.count("leave"))[0].info.client == bob.name
            await other.subscribe()
            await events.count("join", 3)
            await bob.client.disconnect()
            assert len(await events.count("leave", 2)) == 2
            assert set((await subscription.presence()).clients) == {ada.name}

    run(body())


def test_joins_are_told_to_those_who_ask_where_only_these_are(others, binary):
    async def body():
        room = channel("asked:")
        async with Person(others, binary) as ada, Person(others, binary) as bob:
            _, asked = await ada.subscribe(room, join_leave=True)
            other, silent = await bob.subscribe(room)
            await asked.count("join", 2)
            await other.publish(bob.data({}))
            await silent.count("publication")
            assert not silent.of("join")

    run(body())


def test_place_and_recovery_are_given_to_those_who_ask_where_only_these_are(others, binary):
    async def body():
        async with Person(others, binary) as ada:
            wishes = [({}, (False, False)), ({"positioned": True}, (False, True)), ({"recoverable": True}, (True, True))]
            for options, expected in wishes:
                _, events = await ada.subscribe(channel("asked:"), **options)
                begun = events.of("subscribed")[0]
                assert (begun.recoverable, begun.positioned) == expected

    run(body())


def test_an_ephemeral_channel_has_no_history(others, binary):
    async def body():
        async with Person(others, binary) as ada:
            subscription, events = await ada.subscribe(channel("brief:"))
            await subscription.publish(ada.data({"n": 1}))
            told = (await events.count("publication"))[0].pub
            assert (told.data, told.offset) == (ada.data({"n": 1}), 0)
            with pytest.raises(Exception) as problem:
                await subscription.history(limit=1)
            assert problem.value.code == 108

    run(body())


async def away(person, body) -> None:
    """Does something while a person's connection is gone."""
    await person.client.disconnect()
    await body()
    await person.client.connect()
    await person.client.ready()


@pytest.mark.parametrize("delta", [False, True])
def test_what_was_missed_is_recovered(server, binary, delta):
    from centrifuge import DeltaType

    async def body():
        room, options = channel(), {"delta": DeltaType.FOSSIL} if delta else {}
        async with Person(server, binary) as ada, Person(server, binary) as bob:
            _, events = await ada.subscribe(room, **options)
            sender, _ = await bob.subscribe(room, **options)
            said = [bob.data({"text": f"this is the same each time, but for the number {number}"}) for number in range(12)]

            async def talk() -> None:
                for one in said[1:10]:
                    await sender.publish(one)

            await sender.publish(said[0])
            await events.count("publication")
            await away(ada, talk)
            again = (await events.count("subscribed", 2))[1]
            assert (again.was_recovering, again.recovered) == (True, True)
            await events.count("publication", 10)
            for one in said[10:]:
                await sender.publish(one)
            told = [one.pub for one in await events.count("publication", 12)]
            assert [one.data for one in told] == said
            assert [one.offset for one in told] == list(range(1, 13))

    run(body())


def test_what_is_said_while_unsubscribed_is_recovered(server, binary):
    async def body():
        room = channel()
        async with Person(server, binary) as ada, Person(server, binary) as bob:
            subscription, events = await ada.subscribe(room)
            sender, _ = await bob.subscribe(room)
            await subscription.unsubscribe()
            await sender.publish(bob.data({"n": 1}))
            await subscription.subscribe()
            assert (await events.count("publication"))[0].pub.offset == 1

    run(body())


def test_what_history_does_not_reach_is_said_to_be_lost(server, binary):
    async def body():
        room = channel("smallhistory:")
        async with Person(server, binary) as ada, Person(server, binary) as bob:
            _, events = await ada.subscribe(room)
            sender, _ = await bob.subscribe(room)

            async def talk() -> None:
                for number in range(5):
                    await sender.publish(bob.data({"n": number}))

            await away(ada, talk)
            again = (await events.count("subscribed", 2))[1]
            assert (again.was_recovering, again.recovered, again.stream_position.offset) == (True, False, 5)
            await sender.publish(bob.data({"n": 5}))
            assert (await events.count("publication"))[0].pub.offset == 6

    run(body())


def test_a_client_with_a_state_of_its_own_loads_it_anew_when_recovery_cannot_be(server, binary):
    async def body():
        room, asked = channel("smallhistory:"), []
        async with Person(server, binary) as ada, Person(server, binary) as bob:
            sender, _ = await bob.subscribe(room)

            async def get_state(_: str) -> StreamPosition:
                asked.append(1)
                top = await sender.history(limit=0)
                return StreamPosition(offset=top.offset, epoch=top.epoch)

            async def talk() -> None:
                for number in range(5):
                    await sender.publish(bob.data({"n": number}))

            _, events = await ada.subscribe(room, get_state=get_state)
            await away(ada, talk)
            await events.count("subscribed", 2)
            assert len(asked) == 2 and not events.of("publication")
            await sender.publish(bob.data({"n": 5}))
            assert (await events.count("publication"))[0].pub.offset == 6

    run(body())


def test_a_state_without_an_epoch_begins_at_the_first_publication(server, binary):
    async def body():
        room = channel()

        async def get_state(_: str) -> StreamPosition:
            return StreamPosition(offset=0, epoch="")

        async with Person(server, binary) as ada, Person(server, binary) as bob:
            sender, _ = await bob.subscribe(room)
            for number in range(3):
                await sender.publish(bob.data({"n": number}))
            _, events = await ada.subscribe(room, get_state=get_state)
            told = await events.count("publication", 3)
            assert [one.pub.data for one in told] == [ada.data({"n": number}) for number in range(3)]

    run(body())


def test_only_the_newest_is_recovered_where_only_that_counts(others, binary):
    async def body():
        room = channel("newest:")
        async with Person(others, binary) as ada, Person(others, binary) as bob:
            _, events = await ada.subscribe(room)
            sender, _ = await bob.subscribe(room)

            async def talk() -> None:
                for number in range(9):
                    await sender.publish(bob.data({"n": number}))

            async def nothing() -> None:
                pass

            await away(ada, talk)
            assert (await events.count("subscribed", 2))[1].recovered
            told = (await events.count("publication"))[0].pub
            assert (told.data, told.offset) == (ada.data({"n": 8}), 9)
            # What it has, it is not given again.
            await away(ada, nothing)
            assert (await events.count("subscribed", 3))[2].recovered
            await sender.publish(bob.data({"n": 9}))
            assert [one.pub.offset for one in await events.count("publication", 2)] == [9, 10]

    run(body())
