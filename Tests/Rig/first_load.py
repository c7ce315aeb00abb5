"""The first load of a class's page, as somebody with a phone on 4G has it: what it weighs and when it is of use.

The weight is what DevTools counts as encoded data: response headers and compressed bodies of every request, from the
document to the last module that is fetched ahead. Interactive is the first frame in which all of this holds: the chat's
field takes text, the connection stands and the class is known (bar and count are drawn), and the board can be drawn on
or moved.
"""

import dataclasses
import urllib.parse

from playwright.sync_api import BrowserContext

#: A mid-range phone on 4G: a quarter of this machine's speed, 9 Mbit/s, 50 ms more until an answer begins.
SLOWDOWN = 4
BYTES_PER_SECOND = 9_000_000 / 8
LATENCY = 50

#: The last parts of the page that are fetched ahead, for those who attend and for those who run the class.
LAST = "/static/class/frame/farewell.js"
LAST_FOR_STAFF = "/static/class/board/toolbar.js"

WATCH = """() => {
    const ready = () => {
        const field = document.querySelector(".composer-field");
        const board = document.querySelector("white-board");
        return field && !field.disabled && document.querySelector(".class-sign .dot.good")
            && document.querySelector(".class-here")?.hidden === false && board && !board.hidden && board.viewport?.width > 0;
    };
    const look = () => {
        if (!ready()) {
            requestAnimationFrame(look);
            return;
        }
        performance.mark("interactive");
        console.debug("interactive");
    };
    requestAnimationFrame(look);
}"""

TIMES = """() => ({
    paint: performance.getEntriesByName("first-paint")[0]?.startTime ?? null,
    contentful: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    interactive: performance.getEntriesByName("interactive")[0].startTime,
})"""


@dataclasses.dataclass
class FirstLoad:
    """One first load: times in milliseconds since the navigation began, sizes in bytes on the wire."""

    paint: float
    contentful: float
    interactive: float
    #: Until interactive, and once everything that is fetched ahead is there.
    requests: int
    size: int
    requests_in_all: int
    size_in_all: int
    #: `(address, bytes)` of each request, in the order in which they ended.
    parts: list[tuple[str, int]]
    #: Addresses that are not on the server's own origin.
    foreign: list[str]


def first_load(context: BrowserContext, address: str, *, throttled: bool = True, last: str = LAST) -> FirstLoad:
    """Opens a class in a new page of a context whose cache is empty; closes the page afterwards."""
    page = context.new_page()
    try:
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": False})
        if throttled:
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            devtools.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": LATENCY, "downloadThroughput": BYTES_PER_SECOND,
                "uploadThroughput": BYTES_PER_SECOND})
        addresses: dict[str, str] = {}
        parts: list[tuple[str, int]] = []
        devtools.on("Network.requestWillBeSent", lambda event: addresses.update(
            {event["requestId"]: event["request"]["url"]}))
        devtools.on("Network.loadingFinished", lambda event: parts.append(
            (addresses[event["requestId"]], int(event["encodedDataLength"]))))
        page.add_init_script(f"({WATCH})()")
        # Waiting by a function would put the test's own scripts into the page while it loads.
        with page.expect_console_message(lambda message: message.text == "interactive", timeout=30_000):
            page.goto(address, wait_until="commit")
        until = len(parts)
        page.wait_for_function(
            "(last) => performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.endsWith(last) && responseEnd > 0)",
            arg=last, polling=100, timeout=30_000)
        page.wait_for_load_state("networkidle")
        times = page.evaluate(TIMES)
        origin = urllib.parse.urlsplit(page.url).netloc
        foreign = [url for url in addresses.values()
                   if url.startswith("http") and urllib.parse.urlsplit(url).netloc != origin]
        return FirstLoad(**times, requests=until, size=sum(size for _, size in parts[:until]),
                         requests_in_all=len(parts), size_in_all=sum(size for _, size in parts), parts=parts,
                         foreign=foreign)
    finally:
        page.close()
