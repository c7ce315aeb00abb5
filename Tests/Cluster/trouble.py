"""What goes wrong, one function for each: does it, waits until it is over, and says what was done and when.

The seed decides which node and which moment; `chance` comes from it.
"""

import asyncio
import os
import random
import signal
import time

import aiohttp
from history import Fault
from Rig.crowd import token_of
from Rig.live import LiveClient
from stage import SKEW, Stage


async def kill_node(stage: Stage, node: str, chance: random.Random) -> Fault:
    """A node is killed; the demo starts it again."""
    began = time.monotonic()
    pid = stage.signal(node, signal.SIGKILL)
    await stage.back(node, pid)
    return Fault("kill-node", node, began, time.monotonic())


async def kill_redis(stage: Stage, node: str, chance: random.Random) -> Fault:
    """Redis is killed and comes back empty, on the same port."""
    began = time.monotonic()
    await asyncio.to_thread(stage.redis.kill)
    await asyncio.sleep(1 + chance.random() * 3)
    await asyncio.to_thread(stage.redis.start)
    return Fault("kill-redis", None, began, time.monotonic())


async def restart_postgres(stage: Stage, node: str, chance: random.Random) -> Fault:
    """One of Postgres' processes is killed, upon which all of them are started anew."""
    backends = await asyncio.to_thread(stage.backends)
    began = time.monotonic()
    os.kill(chance.choice(backends), signal.SIGKILL)
    limit = began + 60
    while True:
        try:
            # Those of before are gone, and others work.
            now = await asyncio.to_thread(stage.backends)
            if now and not set(now) & set(backends):
                return Fault("restart-postgres", None, began, time.monotonic())
        except RuntimeError:
            pass
        if time.monotonic() > limit:
            raise RuntimeError("Postgres did not come back")
        await asyncio.sleep(0.1)


async def pause_node(stage: Stage, node: str, chance: random.Random) -> Fault:
    """A node stands still for ten seconds, with all its connections open, and then goes on as if nothing had been."""
    began = time.monotonic()
    stage.signal(node, signal.SIGSTOP)
    await asyncio.sleep(10)
    stage.signal(node, signal.SIGCONT)
    return Fault("pause-node", node, began, time.monotonic())


async def cut_redis(stage: Stage, node: str, chance: random.Random) -> Fault:
    """One node cannot reach Redis, while the others can."""
    began = time.monotonic()
    stage.wires[node].cut()
    await asyncio.sleep(3 + chance.random() * 4)
    stage.wires[node].mend()
    return Fault("cut-redis", node, began, time.monotonic())


async def deafen_node(stage: Stage, node: str, chance: random.Random) -> Fault:
    """What Redis carries does not reach one node, on a connection that looks well; the node finds out, stands aside until it
    hears again, and everybody goes elsewhere meanwhile."""
    began = time.monotonic()
    stage.wires[node].deafen()
    await stage.until(node, lambda ready, live: not ready and live == 0, "stands aside and has no sessions")
    stage.wires[node].mend()
    await stage.until(node, lambda ready, live: ready, "takes sessions again")
    return Fault("deafen-node", node, began, time.monotonic())


async def roll(stage: Stage, node: str, chance: random.Random) -> Fault:
    """All nodes are stopped in good order and started again, one after the other, as for a new release."""
    began = time.monotonic()
    for name in stage.names:
        pid = stage.signal(name, signal.SIGTERM)
        await stage.back(name, pid)
    return Fault("rolling", None, began, time.monotonic())


async def skewed_clock(stage: Stage, node: str, chance: random.Random) -> Fault:
    """One node's clock is minutes ahead, all the time; it only has to be looked whether it is."""
    began = time.monotonic()
    async with aiohttp.ClientSession() as http:
        user = stage.demo.first["users"]["students"][0]
        live = LiveClient(http, stage.address(stage.skewed), token_of(stage.demo, user))
        ahead = (await live.connect())["time"] / 1000 - time.time()
        await live.close()
    if not SKEW - 30 < ahead < SKEW + 30:
        raise RuntimeError(f"the clock of {stage.skewed} is {ahead:.0f} s ahead, not {SKEW}")
    await asyncio.sleep(4)
    return Fault("skewed-clock", stage.skewed, began, time.monotonic())


async def move_slot(stage: Stage, node: str, chance: random.Random) -> Fault:
    """The slots of all topics in use move to other masters of the Redis Cluster."""
    began = time.monotonic()
    topics = await asyncio.to_thread(stage.redis.topics)
    if not topics:
        raise RuntimeError("no node listens to anything in Redis")
    moved = set()
    for source, topic in topics:
        slot = int(await asyncio.to_thread(stage.redis.masters[source].ask, "CLUSTER", "KEYSLOT", topic))
        if slot not in moved:
            moved.add(slot)
            target = (source + 1 + chance.randrange(2)) % 3
            await asyncio.to_thread(stage.redis.move, source, target, slot)
    await asyncio.sleep(2)
    return Fault("move-slot", None, began, time.monotonic())


#: By name, in the order in which they are tried.
TROUBLES = {
    "kill-node": kill_node, "kill-redis": kill_redis, "cut-redis": cut_redis, "deafen-node": deafen_node,
    "pause-node": pause_node,
    "restart-postgres": restart_postgres, "rolling": roll, "skewed-clock": skewed_clock, "move-slot": move_slot,
}
