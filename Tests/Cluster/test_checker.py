"""Is the judge any good? Histories that must pass, and one for each way of breaking a promise.

    python -m pytest -q Tests/Cluster/test_checker.py
"""

import copy
import pathlib
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import checker  # noqa: E402
from history import Answer, Client, Count, Event, Fault, History, Lost, Row, Sent, Subscribed, Up, digest  # noqa: E402

CHAT = "chat:7"


def body(number: int) -> dict:
    return {"type": "chat.message", "id": number, "text": f"message {number}"}


def event(at: float, number: int) -> Event:
    return Event(at, CHAT, number, number, "chat.message", digest(body(number)))


def subscribed(at: float, offset: int, *, recovering=False, recovered=False, jumped=False, epoch="e") -> Subscribed:
    return Subscribed(at, CHAT, epoch, offset, recovering, recovered, jumped)


def good() -> History:
    """Three clients; four messages, of which one got no answer; a kill at 10 that cuts off the second client; the third
    leaves at the kill and stays away."""
    first = Client("ann", 1, [Up(0, "node-1"), subscribed(0, 0), Count(0, 2), event(1, 1), event(2, 2), Count(2, 3),
                              event(11, 3), event(12, 4), Count(15, 2)])
    second = Client("ben", 2, [Up(0, "node-2"), subscribed(0, 0), event(1, 1), event(2, 2), Count(2, 3),
                               Lost(10, "node-2", 1006), Up(11.5, "node-1"),
                               subscribed(11.5, 3, recovering=True, recovered=True), event(11.5, 3),
                               event(12, 4), Count(15, 2)])
    third = Client("cyd", 3, [Up(1.5, "node-2"), subscribed(1.5, 1, jumped=True), event(2, 2)], stays=False)

    def sent(client: Client, number: int, *, answered=True) -> Sent:
        result = {"status": "recorded", "id": number, "offset": number} if answered else None
        return Sent(client.name, client.user, "chat.send", CHAT, f"key {number}", number, f"message {number}",
                    number + 0.5 if answered else None, result)

    quiz = [Sent(client.name, client.user, "quiz.answer", "", f"answer {client.name}", 3, 41, 3.5,
                 {"status": "recorded", "id": client.user}) for client in (first, second)]
    return History(
        clients=[first, second, third],
        sent=[sent(first, 1), sent(second, 2), sent(first, 3, answered=False), sent(second, 4), *quiz],
        log={CHAT: [Row(number, f"key {number}", digest(body(number)), "chat.message", f"message {number}")
                    for number in (1, 2, 3, 4)]},
        answers=[Answer(1, "answer ann", 41), Answer(2, "answer ben", 41)],
        fault=Fault("kill-node", "node-2", 10, 14))


def without(entries: list, unwanted) -> None:
    entries[:] = [entry for entry in entries if not unwanted(entry)]


def is_event(number: int):
    return lambda entry: isinstance(entry, Event) and entry.offset == number


def put(history: History, client: int, after, *entries) -> None:
    seen = history.clients[client].seen
    place = next(index for index, entry in enumerate(seen) if after(entry)) + 1
    seen[place:place] = entries


def swap(history: History) -> None:
    seen = history.clients[0].seen
    one, two = (next(index for index, entry in enumerate(seen) if is_event(number)(entry)) for number in (1, 2))
    seen[one], seen[two] = seen[two], seen[one]


def resume(history: History, **changes) -> None:
    seen = history.clients[1].seen
    place = next(index for index, entry in enumerate(seen) if isinstance(entry, Subscribed) and entry.at > 10)
    values = {"offset": 3, "recovering": True, "recovered": True} | changes
    seen[place] = subscribed(11.5, values.pop("offset"), **values)


#: What is done to the good history, and a word of what the judge must say to it.
WRONG = {
    "an event in the middle did not arrive": (
        lambda h: without(h.clients[0].seen, is_event(2)), "3 came after 1"),
    "the last event did not arrive": (
        lambda h: without(h.clients[0].seen, is_event(4)), "did not come to 4"),
    "what was missed did not arrive after coming back": (
        lambda h: without(h.clients[1].seen, is_event(3)), "4 came after 2"),
    "nothing arrived after coming back": (
        lambda h: without(h.clients[1].seen, lambda e: isinstance(e, Event) and e.at > 10), "did not come to 4"),
    "an event arrived twice": (lambda h: put(h, 0, is_event(2), event(3, 2)), "came again"),
    "an event arrived again after coming back": (
        lambda h: put(h, 1, lambda e: isinstance(e, Subscribed) and e.at > 10, event(11.5, 2)), "came again"),
    "two events arrived in another order": (swap, "2 came after 0"),
    "two clients saw another event at one offset": (
        lambda h: (without(h.clients[0].seen, is_event(4)),
                   h.clients[0].seen.append(Event(12, CHAT, 4, 4, "chat.message", digest(body(9))))),
        "is another chat.message"),
    "an event was invented": (
        lambda h: [client.seen.append(event(13, 5)) for client in h.clients[:2]], "is not in the log"),
    "an event was invented for one who left": (
        lambda h: h.clients[2].seen.append(Event(3, CHAT, 3, 3, "chat.message", "0")), "is another chat.message"),
    "an event bore another's id": (
        lambda h: (without(h.clients[0].seen, is_event(4)),
                   h.clients[0].seen.append(Event(12, CHAT, 4, 3, "chat.message", digest(body(4))))),
        "bears the id 3"),
    "a position was invented": (
        lambda h: h.clients[0].seen.append(subscribed(20, 9, recovering=True, recovered=True, jumped=True)),
        "does not reach"),
    "an acknowledged message is not in the log": (
        lambda h: h.log[CHAT].__setitem__(3, Row(4, "another", digest(body(4)), "chat.message", "message 4")),
        "was acknowledged and is not in the log"),
    "a message is in the log twice": (
        lambda h: h.log[CHAT].append(Row(5, "key 3", digest(body(3)), "chat.message", "message 3")),
        "2 times"),
    "a message is elsewhere than it was said to be": (
        lambda h: h.sent[0].result.__setitem__("offset", 2), "was told 2"),
    "a message has other words in the log": (
        lambda h: h.log[CHAT].__setitem__(0, Row(1, "key 1", digest(body(1)), "chat.message", "other words")),
        "said 'message 1', the log has 'other words'"),
    "a refused message is in the log": (
        lambda h: setattr(h.sent[2], "result", {"status": "refused", "reason": "locked"}), "was refused"),
    "the log has a gap": (
        lambda h: h.log[CHAT].__setitem__(3, Row(5, "key 4", digest(body(4)), "chat.message")), "not 1 to 4"),
    "a client began anew instead of resuming": (lambda h: resume(h, recovering=False), "subscribed anew"),
    "a client was not recovered": (lambda h: resume(h, recovered=False), "was not recovered"),
    "the epoch changed": (lambda h: resume(h, epoch="f"), "another epoch"),
    "a snapshot is older than what the client had": (
        lambda h: resume(h, offset=1, jumped=True), "went back from 2 to 1"),
    "an acknowledged answer is not recorded": (lambda h: h.answers.pop(), "is not recorded"),
    "an answer is recorded twice": (lambda h: h.answers.append(Answer(1, "other", 42)), "2 answers"),
    "an answer was changed": (lambda h: h.answers.__setitem__(0, Answer(1, "answer ann", 42)), "recorded is 42"),
    "an answer that nobody gave": (lambda h: h.answers.append(Answer(9, "x", 41)), "nobody gave"),
}


def test_a_good_history_has_no_findings():
    assert checker.check(good()) == []


@pytest.mark.parametrize("harm", WRONG)
def test_finds_that(harm):
    spoil, sentence = WRONG[harm]
    history = good()
    spoil(history)
    found = checker.check(history)
    assert any(sentence in line for line in found), found


def test_each_history_is_made_anew():
    history = good()
    before = copy.deepcopy(history)
    checker.check(history)
    assert history == before


def test_a_snapshot_may_stand_for_what_was_missed():
    history = good()
    resume(history, offset=3, jumped=True)
    without(history.clients[1].seen, is_event(3))
    assert checker.check(history) == []


def test_a_skip_stands_for_an_event_that_is_hidden():
    history = good()
    without(history.clients[0].seen, is_event(4))
    history.clients[0].seen.append(Event(12, CHAT, 4, 4, "skip", digest({"type": "skip"})))
    assert checker.check(history) == []


def test_says_a_few_findings_of_a_kind_and_how_many_more():
    history = good()
    history.clients += [Client(f"c{n}", n, [subscribed(0, 0), event(1, 2)], stays=False) for n in range(20)]
    found = checker.check(history)
    assert len(found) == checker.MOST + 1 and found[-1] == "… and 15 more of that kind"


def test_whoever_stays_comes_back_in_time():
    assert checker.resumed_in_time(good(), good().fault, 5, 0.999) == []


@pytest.mark.parametrize(("entries", "sentence"), [
    ([Up(15.5, "node-1")], "for more than 5 s, ben for 5.5 s"),
    ([], "1 clients did not come back, such as ben"),
])
def test_finds_who_does_not_come_back_in_time(entries, sentence):
    history = good()
    seen = history.clients[1].seen
    place = next(index for index, entry in enumerate(seen) if isinstance(entry, Lost)) + 1
    seen[place:] = entries
    assert any(sentence in line for line in checker.resumed_in_time(history, history.fault, 5, 0.999))


def test_a_thousandth_may_be_late():
    history = good()
    crowd = [Client(f"c{n}", n, [Lost(10, "node-2", 1006), Up(10.5 if n else 17, "node-1")]) for n in range(1000)]
    history.clients = crowd
    assert checker.resumed_in_time(history, history.fault, 5, 0.999) == []
    crowd[1].seen[1] = Up(17, "node-1")
    assert len(checker.resumed_in_time(history, history.fault, 5, 0.999)) == 1


def test_who_left_on_purpose_need_not_come_back():
    history = good()
    history.clients[2].seen.append(Lost(10, "node-2", 1006))
    assert checker.resumed_in_time(history, history.fault, 5, 0.999) == []


def test_counts_settle_in_time():
    assert checker.counts_settle(good(), 2, 10, 30) == []


@pytest.mark.parametrize(("expected", "since", "limit", "sentence"), [
    (3, 10, 30, "were not told that 3 are here, but 2 (2 of them)"),
    (2, 10, 4, "only after 4 s, ann after 5.0 s"),
])
def test_finds_counts_that_are_wrong_or_late(expected, since, limit, sentence):
    assert any(sentence in line for line in checker.counts_settle(good(), expected, since, limit))


def test_a_count_that_wavers_is_right_only_at_its_last_change():
    history = good()
    history.clients[0].seen += [Count(16, 3), Count(21, 2)]
    assert checker.counts_settle(history, 2, 10, 8) != []
    assert checker.counts_settle(history, 2, 10, 12) == []


def test_counts_the_busiest_second():
    history = good()
    history.clients = [Client(f"c{n}", n, [Up(n / 8, "node-1")]) for n in range(30)]
    assert checker.reconnects_per_second(history, 0, 10) == 8
    assert checker.reconnects_per_second(history, 3.5, 10) == 2


def test_measures_from_the_acknowledgement_to_the_last_who_has_it():
    assert checker.delays(good()) == [0.0, 0.0, 7.5]
