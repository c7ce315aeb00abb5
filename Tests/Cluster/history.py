"""What a run leaves behind: who sent what, what was acknowledged, who received what, and when. Values only.

Times are seconds of one monotonic clock, that of the process that runs all clients.
"""

import dataclasses
import hashlib
import json


def digest(body: dict) -> str:
    """A short name for the content of an event, the same for everybody who sees the same."""
    # A skip says that something is hidden from one client; what it hides is not for comparison.
    kept = {name: value for name, value in body.items() if name not in ("id", "at", "by")}
    return hashlib.sha1(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


@dataclasses.dataclass
class Sent:
    """One change that a client asked for, under one key, however often it had to send it."""

    client: str
    user: int
    method: str
    channel: str
    key: str
    began: float
    #: What it must have become: text, element, answer.
    content: object = None
    #: When it was answered, and how; None as long as nobody answered.
    answered: float | None = None
    result: dict | None = None

    @property
    def is_acknowledged(self) -> bool:
        return (self.result or {}).get("status") in ("recorded", "duplicate")


@dataclasses.dataclass(frozen=True)
class Subscribed:
    """A subscription was answered: from here on events follow `offset`.

    `recovered` as the server said it; `jumped` when a snapshot stands for whatever came before `offset`.
    """

    at: float
    channel: str
    epoch: str
    offset: int
    was_recovering: bool
    recovered: bool
    jumped: bool


@dataclasses.dataclass(frozen=True)
class Event:
    """A publication with an offset arrived."""

    at: float
    channel: str
    offset: int
    id: int | None
    type: str
    digest: str


@dataclasses.dataclass(frozen=True)
class Count:
    """How many are here, as the client was told."""

    at: float
    here: int


@dataclasses.dataclass(frozen=True)
class Lost:
    """A connection to `node` ended without the client's will; `code` is the WebSocket's."""

    at: float
    node: str
    code: int


@dataclasses.dataclass(frozen=True)
class Up:
    """Connected to `node`, with everything subscribed."""

    at: float
    node: str


@dataclasses.dataclass
class Client:
    """Everything that one client saw, in the order in which it saw it."""

    name: str
    user: int
    seen: list[Subscribed | Event | Count | Lost | Up] = dataclasses.field(default_factory=list)
    #: Whether it was to stay until the end.
    stays: bool = True


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the log in the database."""

    seq: int
    key: str | None
    digest: str
    type: str
    #: What somebody must have sent for it, as in `Sent.content`; None where nobody compares.
    content: object = None


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer in the database."""

    user: int
    key: str
    answer: object


@dataclasses.dataclass
class Fault:
    """What was done to the servers, and when."""

    name: str
    node: str | None
    began: float
    ended: float


@dataclasses.dataclass
class History:
    """One run, whole."""

    clients: list[Client]
    sent: list[Sent]
    log: dict[str, list[Row]]
    answers: list[Answer]
    fault: Fault | None = None
