"""The judge: compares what clients were told and saw with what the database holds. It knows nothing of the server."""

from Rig.database import Database
from Rig.live import LiveClient


def check_answers(database: Database, institution: int, run: int, told: dict[int, dict]) -> list[str]:
    """Every acknowledged answer is there exactly once and as it was given; none is there that nobody gave.

    `told` holds for each student's id what they sent and heard: `{"key", "answer", "result"}`.
    """
    wrong = []
    rows = database.rows(
        "SELECT id, user_id, key, answer, received_at FROM quiz_answers "
        "WHERE institution_id = :institution AND run_id = :run ORDER BY id", institution=institution, run=run)
    by_user: dict[int, list[dict]] = {}
    for row in rows:
        by_user.setdefault(row["user_id"], []).append(row)
    for user, sent in told.items():
        found = by_user.pop(user, [])
        result = sent["result"]
        if len(found) != 1:
            wrong.append(f"user {user}: {len(found)} answers in the database, told {result}")
            continue
        row = found[0]
        if row["key"] != sent["key"] or row["answer"] != sent["answer"]:
            wrong.append(f"user {user}: sent {sent['key']} {sent['answer']!r}, found {row['key']} {row['answer']!r}")
        if result is None or result.get("status") not in ("recorded", "duplicate"):
            wrong.append(f"user {user}: recorded, but told {result}")
        elif result.get("at") != row["received_at"]:
            wrong.append(f"user {user}: told {result.get('at')}, recorded as received {row['received_at']}")
    wrong += [f"user {user}: an answer that nobody sent" for user in by_user]
    return wrong


def check_log(
    database: Database, institution: int, channels: list[str], clients: list[LiveClient],
    told: list[dict],
) -> list[str]:
    """Offsets stand without a gap, nobody saw an event that is not there, and every acknowledged message is.

    `told` holds sent messages: `{"channel", "key", "text", "result"}`.
    """
    wrong = []
    log: dict[tuple[str, int], dict] = {}
    for channel in channels:
        rows = database.rows(
            "SELECT seq, key, at, body::json AS body FROM live_events "
            "WHERE institution_id = :institution AND channel = :'channel' ORDER BY seq",
            institution=institution, channel=channel)
        if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)):
            wrong.append(f"{channel}: the log's offsets are not 1 to {len(rows)}")
        log |= {(channel, row["seq"]): row for row in rows}
    for client in clients:
        wrong += client.gaps
        for channel, offset, data in client.seen:
            if channel not in channels:
                continue
            row = log.get((channel, offset))
            if row is None:
                wrong.append(f"{channel}: somebody saw {offset} ({data.get('type')}), which does not exist")
            elif data.get("type") != "skip" and (data.get("type"), data.get("text"), data.get("run")) != (
                    row["body"].get("type"), row["body"].get("text"), row["body"].get("run")):
                wrong.append(f"{channel}: somebody saw {data} at {offset}, the log has {row['body']}")
    keys: dict[tuple[str, str], list[int]] = {}
    for (channel, seq), row in log.items():
        keys.setdefault((channel, row["key"]), []).append(seq)
    for message in told:
        found = keys.get((message["channel"], message["key"]), [])
        result = message["result"] or {}
        if len(found) != 1:
            wrong.append(f"message {message['text']!r}: {len(found)} times in the log, told {result}")
        elif result.get("status") not in ("recorded", "duplicate") or result.get("offset") != found[0]:
            wrong.append(f"message {message['text']!r}: at {found[0]}, told {result}")
    return wrong


def everyone_has(clients: list[LiveClient], channel: str, top: int) -> list[str]:
    """Whoever subscribed has come to the newest offset."""
    late = sum(1 for client in clients if client.positions.get(channel, ("", 0))[1] != top)
    return [f"{channel}: {late} of {len(clients)} subscribers did not come to offset {top}"] if late else []
