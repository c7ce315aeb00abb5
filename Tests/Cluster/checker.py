"""The judge of a cluster: a pure function from a recorded history to what is wrong with it.

It knows what clients were promised and nothing of how the servers keep it. `test_checker.py` puts histories before it
that must pass, and one for each way in which a cluster could break its promise.
"""

import collections
import math

from history import Answer, Client, Count, Event, Fault, History, Lost, Row, Sent, Subscribed, Up

#: At most so many findings of one kind are told; a broken order would bring one for each event and client.
MOST = 5


def check(history: History) -> list[str]:
    """Everything that is wrong with what was sent, recorded and received; empty when all is well."""
    findings: list[str] = []
    for part in (
        _log_is_whole(history.log),
        _streams_are_whole(history),
        _acknowledged_is_recorded(history.sent, history.log),
        _answers_count_once(history.sent, history.answers),
        _all_are_told(history),
    ):
        findings += part[:MOST]
        if len(part) > MOST:
            findings.append(f"… and {len(part) - MOST} more of that kind")
    return findings


def _log_is_whole(log: dict[str, list[Row]]) -> list[str]:
    """The database numbers each channel from 1 without a gap."""
    return [f"{channel}: the log's offsets are not 1 to {len(rows)}" for channel, rows in log.items()
            if [row.seq for row in rows] != list(range(1, len(rows) + 1))]


def _streams_are_whole(history: History) -> list[str]:
    """Each client saw each channel in order, once, without a gap, and nothing that is not in the log."""
    rows = {(channel, row.seq): row for channel, found in history.log.items() for row in found}
    findings = []
    for client in history.clients:
        position: dict[str, tuple[str, int]] = {}
        for entry in client.seen:
            if isinstance(entry, Subscribed):
                findings += _resumed_well(client, entry, position.get(entry.channel))
                if entry.channel not in position or entry.jumped or not entry.recovered:
                    position[entry.channel] = (entry.epoch, entry.offset)
                if entry.channel in history.log and entry.offset > len(history.log[entry.channel]):
                    findings.append(f"{client.name}: {entry.channel} was said to be at {entry.offset}, which the "
                                    "log does not reach")
            elif isinstance(entry, Event):
                epoch, before = position.get(entry.channel, ("", 0))
                if entry.offset <= before:
                    findings.append(f"{client.name}: {entry.channel} {entry.offset} came again, after {before}")
                elif entry.offset != before + 1:
                    findings.append(f"{client.name}: {entry.channel} {entry.offset} came after {before}")
                position[entry.channel] = (epoch, max(before, entry.offset))
                findings += _is_recorded(client, entry, rows.get((entry.channel, entry.offset)))
    return findings


def _resumed_well(client: Client, entry: Subscribed, before: tuple[str, int] | None) -> list[str]:
    if before is None:
        return []
    if not entry.was_recovering:
        return [f"{client.name}: {entry.channel} was subscribed anew, not resumed"]
    if before[0] != entry.epoch:
        return [f"{client.name}: {entry.channel} began another epoch, {entry.epoch} after {before[0]}"]
    if not entry.recovered:
        return [f"{client.name}: {entry.channel} was not recovered from {before[1]}"]
    if entry.offset < before[1]:
        return [f"{client.name}: {entry.channel} went back from {before[1]} to {entry.offset}"]
    return []


def _is_recorded(client: Client, entry: Event, row: Row | None) -> list[str]:
    if row is None:
        return [f"{client.name}: {entry.channel} {entry.offset} ({entry.type}) is not in the log"]
    if entry.id is not None and entry.id != entry.offset:
        return [f"{client.name}: {entry.channel} {entry.offset} bears the id {entry.id}"]
    if entry.type != "skip" and entry.digest != row.digest:
        return [f"{client.name}: {entry.channel} {entry.offset} is another {entry.type} than the log's {row.type}"]
    return []


def _acknowledged_is_recorded(sent: list[Sent], log: dict[str, list[Row]]) -> list[str]:
    """What was acknowledged is in the log once, where it was said to be; what was not, at most once."""
    places: dict[tuple[str, str], list[int]] = collections.defaultdict(list)
    contents = {(channel, row.seq): row.content for channel, rows in log.items() for row in rows}
    for channel, rows in log.items():
        for row in rows:
            if row.key:
                places[channel, row.key].append(row.seq)
    findings = []
    for one in sent:
        if one.channel not in log:
            continue
        found = places.get((one.channel, one.key), [])
        what = f"{one.client}: {one.method} {one.key}"
        if len(found) > 1:
            findings.append(f"{what} is in the log {len(found)} times")
        elif one.is_acknowledged and not found:
            findings.append(f"{what} was acknowledged and is not in the log")
        elif one.is_acknowledged and one.result.get("offset") != found[0]:
            findings.append(f"{what} is at {found[0]}, the client was told {one.result.get('offset')}")
        elif found and contents[one.channel, found[0]] != one.content:
            findings.append(f"{what} said {one.content!r}, the log has {contents[one.channel, found[0]]!r}")
        elif found and one.result and one.result.get("status") == "refused":
            findings.append(f"{what} was refused and is in the log")
    return findings


def _answers_count_once(sent: list[Sent], answers: list[Answer]) -> list[str]:
    """Each acknowledged answer is there once and as it was given; none is there that nobody gave."""
    found: dict[int, list[Answer]] = collections.defaultdict(list)
    for answer in answers:
        found[answer.user].append(answer)
    findings = []
    for one in sent:
        if one.method != "quiz.answer":
            continue
        rows = found.pop(one.user, [])
        if len(rows) > 1:
            findings.append(f"{one.client}: {len(rows)} answers are recorded")
        elif one.is_acknowledged and not rows:
            findings.append(f"{one.client}: the answer was acknowledged and is not recorded")
        elif rows and (rows[0].key, rows[0].answer) != (one.key, one.content):
            findings.append(f"{one.client}: answered {one.content!r}, recorded is {rows[0].answer!r}")
    findings += [f"user {user}: an answer that nobody gave" for user in found]
    return findings


def _all_are_told(history: History) -> list[str]:
    """Whoever stayed has come to the newest offset of every channel that it subscribed to."""
    findings = []
    for channel, rows in history.log.items():
        late = []
        for client in history.clients:
            if client.stays:
                at = last_offset(client, channel)
                if at is not None and at != len(rows):
                    late.append((client.name, at))
        if late:
            findings.append(f"{channel}: {len(late)} of {len(history.clients)} clients did not come to "
                            f"{len(rows)}, such as {late[0][0]}, which is at {late[0][1]}")
    return findings


def last_offset(client: Client, channel: str) -> int | None:
    """The newest offset that the client knows of; None when it never subscribed."""
    offset = None
    for entry in client.seen:
        if isinstance(entry, Subscribed) and entry.channel == channel:
            if offset is None or entry.jumped or not entry.recovered:
                offset = entry.offset
        elif isinstance(entry, Event) and entry.channel == channel:
            offset = max(offset or 0, entry.offset)
    return offset


# How quickly things are well again.


def outages(history: History, began: float, ended: float) -> list[tuple[str, float]]:
    """For each connection that was lost from `began` to `ended`, by a client that stays: who, and for how long it was
    away; endless for one that did not come back."""
    found = []
    for client in history.clients:
        if not client.stays:
            continue
        since = None
        for entry in client.seen:
            if isinstance(entry, Lost) and since is None and began <= entry.at <= ended:
                since = entry.at
            elif isinstance(entry, Up) and since is not None:
                found.append((client.name, entry.at - since))
                since = None
        if since is not None:
            found.append((client.name, math.inf))
    return found


def resumed_in_time(history: History, fault: Fault, limit: float, share: float) -> list[str]:
    """Of the clients that the fault cut off, `share` are back within `limit` seconds, and all of them in the end."""
    away = outages(history, fault.began, fault.ended)
    endless = [name for name, time in away if math.isinf(time)]
    findings = [f"{len(endless)} clients did not come back, such as {endless[0]}"] if endless else []
    late = [(name, time) for name, time in away if time > limit]
    if away and len(late) / len(away) > 1 - share + 1e-9:
        worst = max(late, key=lambda item: item[1])
        findings.append(f"{len(late)} of {len(away)} clients were away for more than {limit:.0f} s, "
                        f"{worst[0]} for {worst[1]:.1f} s")
    return findings


def counts_settle(history: History, expected: int, since: float, limit: float) -> list[str]:
    """Within `limit` seconds after `since` everybody was told how many are here, and nothing else afterwards."""
    late, wrong = [], []
    for client in history.clients:
        if not client.stays:
            continue
        counts = [entry for entry in client.seen if isinstance(entry, Count)]
        if not counts or counts[-1].here != expected:
            wrong.append((client.name, counts[-1].here if counts else None))
            continue
        right = counts[-1].at
        for entry in reversed(counts):
            if entry.here != expected:
                break
            right = entry.at
        if right > since + limit:
            late.append((client.name, right - since))
    findings = []
    if wrong:
        told = collections.Counter(here for _, here in wrong).most_common(3)
        findings.append(f"{len(wrong)} clients were not told that {expected} are here, but "
                        + ", ".join(f"{here} ({count} of them)" for here, count in told))
    if late:
        worst = max(late, key=lambda item: item[1])
        findings.append(f"{len(late)} clients were told how many are here only after {limit:.0f} s, "
                        f"{worst[0]} after {worst[1]:.1f} s")
    return findings


def reconnects_per_second(history: History, began: float, ended: float) -> int:
    """The most connections that were made within one second."""
    times = sorted(entry.at for client in history.clients for entry in client.seen
                   if isinstance(entry, Up) and began <= entry.at <= ended)
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def delays(history: History) -> list[float]:
    """For each acknowledged event: the time from its acknowledgement until the last connected client had it, in order
    of length. What was acknowledged after everybody had it counts as 0."""
    arrivals: dict[tuple[str, int], float] = {}
    for client in history.clients:
        if client.stays:
            for entry in client.seen:
                if isinstance(entry, Event):
                    place = entry.channel, entry.offset
                    arrivals[place] = max(arrivals.get(place, 0), entry.at)
    return sorted(max(0.0, arrivals[place] - one.answered) for one in history.sent if one.is_acknowledged
                  for place in [(one.channel, one.result.get("offset"))] if place in arrivals)
