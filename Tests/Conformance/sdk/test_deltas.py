"""Publications as differences, and the SDK's own reading of our deltas."""

import random

from centrifuge import DeltaType

from .server import Person, channel, run


def texts(seed: int, count: int = 40) -> list[dict]:
    """Values that differ now a little, now altogether; with characters of one to four bytes."""
    chance = random.Random(seed)
    letters = "abcdef ghij äöüß€ 😀 日本語 \" \\ \n"
    value = {"items": ["".join(chance.choice(letters) for _ in range(30)) for _ in range(12)], "turn": 0}
    found = []
    for turn in range(count):
        value = {"items": list(value["items"]), "turn": turn}
        for _ in range(chance.randint(0, 3)):
            place = chance.randrange(len(value["items"]))
            value["items"][place] = "".join(chance.choice(letters) for _ in range(chance.randint(0, 40)))
        if chance.random() < 0.15:
            chance.shuffle(value["items"])
        if chance.random() < 0.1:
            value = {"items": [chance.choice(letters)], "turn": turn}
            value["items"] *= 12
        found.append(value)
    return found


def test_a_subscriber_who_takes_differences_sees_what_everybody_sees(server, binary):
    async def body():
        room, seed = channel(), random.randrange(1 << 32)
        print(f"seed: {seed}")
        said = texts(seed)
        async with Person(server, binary) as ada, Person(server, not binary) as bob, Person(server, binary) as eve:
            sender, plain = await ada.subscribe(room)
            _, other = await bob.subscribe(room, delta=DeltaType.FOSSIL)
            for number, value in enumerate(said):
                if number == len(said) // 2:
                    # Who comes in the middle gets the next one whole.
                    _, late = await eve.subscribe(room, delta=DeltaType.FOSSIL)
                await sender.publish(ada.data(value))
            assert [one.pub.data for one in await plain.count("publication", len(said))] == [ada.data(one) for one in said]
            got = [one.pub for one in await other.count("publication", len(said))]
            # What JSON clients publish, the server hands on as they wrote it; other clients read the same value.
            assert [as_value(bob, one.data) for one in got] == said
            assert not got[0].delta and sum(one.delta for one in got) > len(said) // 2
            rest = [one.pub for one in await late.count("publication", len(said) - len(said) // 2)]
            assert [as_value(eve, one.data) for one in rest] == said[len(said) // 2:]
            assert not rest[0].delta

    run(body())


def as_value(person, data):
    import json
    return json.loads(data) if person.binary else data


def test_bytes_that_are_no_json_are_told_as_differences_too(server):
    async def body():
        room = channel()
        chance = random.Random(7)
        block = bytes(chance.randrange(256) for _ in range(400))
        said = [block, block[:100] + b"new" + block[100:], block[200:] + block[:200], b"\xff", block]
        async with Person(server, True) as ada:
            sender, events = await ada.subscribe(room, delta=DeltaType.FOSSIL)
            for one in said:
                await sender.publish(one)
            got = [one.pub for one in await events.count("publication", len(said))]
            assert [one.data for one in got] == said
            assert [one.delta for one in got] == [False, True, True, False, False]

    run(body())


def test_differences_are_not_given_where_they_are_not_offered(server, binary):
    async def body():
        async with Person(server, binary) as ada:
            subscription, events = await ada.subscribe(channel("smallhistory:"), delta=DeltaType.FOSSIL)
            for _ in range(2):
                await subscription.publish(ada.data({"text": "the same, long enough to be worth a difference"}))
            assert not any(one.pub.delta for one in await events.count("publication", 2))

    run(body())
