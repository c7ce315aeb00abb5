"""The scenario's steps with the page's own client, in Debian's Chromium."""

import os

from playwright.async_api import async_playwright

# Makes `window.scenario`: one client per name, everything that arrives kept per channel.
PREPARE = """async (url) => {
    const { LiveClient } = await import("/static/live/client.js");
    const clients = new Map();
    const channels = new Map();
    const once = (source, names, limit) => new Promise((resolve) => {
        const ends = names.map((name) => source.on(name, (value) => { ends.forEach((end) => end()); resolve({ name, value }); }));
        setTimeout(() => { ends.forEach((end) => end()); resolve(null); }, limit);
    });
    window.scenario = {
        async connect(who, token, limit) {
            const client = new LiveClient(url, { token });
            clients.set(who, client);
            const settled = once(client, ["connected", "disconnect"], limit);
            client.connect();
            const end = await settled;
            return { state: client.state, terminal: end?.name === "disconnect" && end.value.code !== 0 };
        },
        async subscribe(who, channel, limit) {
            const subscription = clients.get(who).subscription(channel);
            const events = [];
            channels.set(`${who} ${channel}`, events);
            subscription.on("publication", ({ data }) => events.push(data));
            const settled = once(subscription, ["subscribed", "unsubscribed"], limit);
            subscription.subscribe();
            const end = await settled;
            return { state: subscription.state, code: end?.value.code ?? null, recovering: end?.value.wasRecovering ?? null };
        },
        unsubscribe(who, channel) {
            const subscription = clients.get(who).subscription(channel);
            subscription.unsubscribe();
            return { state: subscription.state };
        },
        rpc: (who, method, data) => clients.get(who).rpc(method, data).then((data) => ({ data }), (error) => ({ error: error.code })),
        disconnect(who) {
            clients.get(who).disconnect();
            return { state: clients.get(who).state };
        },
        async reconnect(who, channel, limit) {
            const client = clients.get(who);
            const settled = once(client.subscription(channel), ["subscribed"], limit);
            client.connect();
            const end = await settled;
            return { state: client.state, recovering: end?.value.wasRecovering ?? null, recovered: end?.value.recovered ?? null };
        },
        events: (who, channel) => channels.get(`${who} ${channel}`),
    };
}"""


class OwnClient:
    """Drives `web-static/live/client.js` on a page of the server."""

    def __init__(self, ready: dict) -> None:
        self._ready = ready

    async def __aenter__(self):
        self._playwright = await async_playwright().start()
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        self._browser = await self._playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        self._page = await self._browser.new_page()
        # Any page of the server will do: its origin and its policy are what matters.
        await self._page.goto(f"{self._ready['base_url']}/sign-in")
        await self._page.evaluate(PREPARE, self._ready["ws_url"])
        return self

    async def __aexit__(self, *_) -> None:
        await self._browser.close()
        await self._playwright.stop()

    async def _call(self, name: str, *arguments):
        return await self._page.evaluate("([name, values]) => window.scenario[name](...values)", [name, list(arguments)])

    async def connect(self, who: str, token: str, limit: float) -> dict:
        return await self._call("connect", who, token, limit * 1000)

    async def subscribe(self, who: str, channel: str, limit: float) -> dict:
        return await self._call("subscribe", who, channel, limit * 1000)

    async def unsubscribe(self, who: str, channel: str) -> dict:
        return await self._call("unsubscribe", who, channel)

    async def rpc(self, who: str, method: str, data: dict) -> dict:
        return await self._call("rpc", who, method, data)

    async def disconnect(self, who: str) -> dict:
        return await self._call("disconnect", who)

    async def reconnect(self, who: str, channel: str, limit: float) -> dict:
        return await self._call("reconnect", who, channel, limit * 1000)

    async def events(self, who: str, channel: str) -> list[dict]:
        return await self._call("events", who, channel)
