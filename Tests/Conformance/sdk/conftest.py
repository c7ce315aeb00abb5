"""The servers that the reference SDK is driven against: nodes of plain channels, which need nothing besides."""

import pathlib
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from Conformance.sdk.server import KEY, PlainServer  # noqa: E402
from Rig.demo import ROOT, locate  # noqa: E402

#: What the published example does not offer: every other word of `namespaces`.
OTHERS = [
    "newest:stream:5:300 publish history newest delta",
    "asked:stream:5:300 publish joins-asked recover-asked position-asked",
    "plain:stream:5:300 publish",
    "tagged:stream:20:300 publish history recover tags delta",
    "brief:ephemeral publish presence joins",
]


def pytest_addoption(parser) -> None:
    parser.addoption("--cohort", help="the program to test; the newest build otherwise")
    parser.addoption("--port", type=int, default=8000, help="where to listen; a free one is taken when this one is not")


@pytest.fixture(scope="session")
def server(request):
    """A node with `deploy/examples/plain-pubsub.yaml`, as it stands there but for the port."""
    program = locate(request.config.getoption("--cohort"))
    with PlainServer(program, port=request.config.getoption("--port"), config=ROOT / "deploy/examples/plain-pubsub.yaml") as one:
        yield one


@pytest.fixture(scope="session")
def others(request):
    """A node that offers what the example does not."""
    flags = [f"--namespaces={','.join(OTHERS)}", "--live-subscriptions=4", f"--apps-api-key={KEY}"]
    config = ROOT / "deploy/examples/plain-pubsub.yaml"
    with PlainServer(locate(request.config.getoption("--cohort")), port=0, config=config, flags=flags) as one:
        yield one


@pytest.fixture(scope="session")
def pinged(request):
    """A node that pings often."""
    config = ROOT / "deploy/examples/plain-pubsub.yaml"
    flags = ["--live-ping-seconds=3", "--live-pong-seconds=2"]
    with PlainServer(locate(request.config.getoption("--cohort")), port=0, config=config, flags=flags) as one:
        yield one


@pytest.fixture(params=[False, True], ids=["json", "protobuf"])
def binary(request) -> bool:
    """Both forms of the protocol."""
    return request.param
