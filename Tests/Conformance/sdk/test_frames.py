"""What the SDK does not do by itself: several commands in a frame, and frames with something wrong in them."""

import asyncio
import json

import centrifuge.protocol.client_pb2 as published
import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from Rig.demo import ROOT

from .server import channel, run, token


async def open_socket(server, **options):
    return await websockets.connect(server.url, proxy=None, **options)


async def replies(socket, count: int) -> list[dict]:
    """So many replies and pushes, pings left out."""
    found: list[dict] = []
    while len(found) < count:
        for line in (await asyncio.wait_for(socket.recv(), 10)).split("\n"):
            if line != "{}":
                found.append(json.loads(line))
    return found


def lines(*commands: dict) -> str:
    return "\n".join(json.dumps(one) for one in commands)


async def code_of(socket) -> int:
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 20)
    except ConnectionClosed as end:
        return end.rcvd.code


def test_several_commands_stand_in_one_frame(server):
    async def body():
        async with await open_socket(server) as socket:
            room = channel()
            await socket.send(lines(
                {"id": 1, "connect": {"token": token("7")}}, {"id": 2, "ping": {}},
                {"id": 3, "subscribe": {"channel": "#7"}}, {"id": 4, "history": {"channel": "#7", "limit": 0}},
                {"id": 5, "subscribe": {"channel": room}}, {}))
            got = {one["id"]: one for one in await replies(socket, 6) if "id" in one}
            assert got[1]["connect"]["subs"]["#7"]["recoverable"] is True
            assert got[2] == {"id": 2, "ping": {}}
            assert got[3]["error"]["code"] == 105
            assert got[4]["history"]["epoch"]
            assert got[5]["error"] == {"code": 103, "message": "permission denied", "temporary": False}

    run(body())


@pytest.mark.parametrize("frame", [
    "{", "[]", "", '{"id":1}', '{"id":1,"subscribe":{"channel":"x"}}', '{"id":1,"ping":{}}', '{"connect":{}}',
    '{"id":-1,"connect":{}}', '{"id":"1","connect":{}}', '{"id":1,"connect":{"token":7}}', '{"id":1,"unknown":{}}'])
def test_a_first_frame_that_breaks_the_protocol_ends_the_connection(server, frame):
    async def body():
        async with await open_socket(server) as socket:
            await socket.send(frame)
            assert await code_of(socket) == 3501

    run(body())


@pytest.mark.parametrize("command,code", [
    ({"subscribe": {}}, 107), ({"subscribe": {"channel": "x", "offset": -1}}, 107),
    ({"subscribe": {"channel": "#7", "delta": "other"}}, 105), ({"subscribe": {"channel": "a b"}}, 102),
    ({"publish": {"channel": "#7"}}, 107), ({"publish": {"data": {}}}, 107), ({"unsubscribe": {}}, 107),
    ({"history": {"channel": "#7", "limit": "all"}}, 107), ({"rpc": {"method": "none"}}, 104),
    ({"rpc": {"method": "chat.send", "data": {"class": 1}}}, 104), ({"unknown": {}}, 104),
    ({"sub_refresh": {"channel": "none", "token": "x"}}, 103), ({"sub_refresh": {"channel": "#7"}}, 103),
    ({"sub_refresh": {"channel": "#7", "token": "none"}}, 103), ({"presence": {"channel": ":x"}}, 103)])
def test_a_command_that_is_wrong_is_answered_and_the_next_one_served(server, command, code):
    async def body():
        async with await open_socket(server) as socket:
            await socket.send(lines({"id": 1, "connect": {"token": token("7")}}, {"id": 2, **command}, {"id": 3, "ping": {}}))
            got = {one["id"]: one for one in await replies(socket, 4) if "id" in one}
            assert got[2]["error"]["code"] == code
            assert "ping" in got[3]

    run(body())


def test_a_second_connect_ends_the_connection(server):
    async def body():
        async with await open_socket(server) as socket:
            hello = {"connect": {"token": token("7")}}
            await socket.send(lines({"id": 1, **hello}, {"id": 2, **hello}))
            assert await code_of(socket) == 3501

    run(body())


def test_text_in_the_binary_form_and_the_other_way_round_end_the_connection(server):
    async def body():
        async with await open_socket(server, subprotocols=["centrifuge-protobuf"]) as socket:
            assert socket.subprotocol == "centrifuge-protobuf"
            await socket.send("{}")
            assert await code_of(socket) == 3506
        async with await open_socket(server) as socket:
            assert socket.subprotocol is None
            await socket.send(b"\x00")
            assert await code_of(socket) == 3506

    run(body())


@pytest.mark.parametrize("frame", [b"\xff", b"\x02\x08", b"\x05\xff\xff\xff\xff\xff", b"\x02\x08\x01"])
def test_a_binary_frame_that_breaks_the_protocol_ends_the_connection(server, frame):
    async def body():
        async with await open_socket(server, subprotocols=["centrifuge-protobuf"]) as socket:
            await socket.send(frame)
            assert await code_of(socket) == 3501

    run(body())


def test_a_token_that_runs_out_is_told_with_its_time(server):
    async def body():
        import time
        async with await open_socket(server) as socket:
            await socket.send(lines({"id": 1, "connect": {"token": token("7", exp=time.time() + 50)}}))
            hello = (await replies(socket, 1))[0]["connect"]
            assert hello["expires"] is True and 45 <= hello["ttl"] <= 50
            assert (hello["ping"], hello["pong"]) == (25, True) and hello["version"]
            await socket.send(lines({"id": 2, "refresh": {"token": token("7")}}))
            found = next(one for one in await replies(socket, 2) if one.get("id") == 2)
            assert "expires" not in found["refresh"]
            await socket.send(lines({"id": 3, "refresh": {"token": token("7", exp=1)}}))
            assert (await replies(socket, 1))[0]["error"]["code"] == 109
            await socket.send(lines({"id": 4, "refresh": {"token": "none"}}))
            assert await code_of(socket) == 3500

    run(body())


def test_our_definition_has_the_published_field_numbers():
    """Each message and field of `client.proto` stands in the SDK's own definition under the same number."""
    ours: dict[str, dict[str, int]] = {}
    name = None
    for line in (ROOT / "protocol/live/client.proto").read_text().splitlines():
        words = line.split("//")[0].replace("{", " { ").replace("}", " } ").replace(";", " ; ").split()
        if words[:1] == ["message"]:
            name, words = words[1], words[3:]
            ours[name] = {}
        while name and "=" in words:
            at = words.index("=")
            ours[name][words[at - 1]] = int(words[at + 1])
            words = words[at + 3:]
    known = published.DESCRIPTOR.message_types_by_name
    for message, fields in ours.items():
        assert message in known, message
        theirs = {field.name: field.number for field in known[message].fields}
        assert {field: theirs.get(field) for field in fields} == fields, message
    assert len(ours) > 30
