"""What a frame of the whiteboard costs with a thousand strokes on it.

Usage: board_frames.py [--web-root FOLDER] [--json FILE] [--only own,pan]

Serves the pages' modules to Chromium without a server of ours, and draws, pans, zooms and drags by the frame at the
size of a desktop and of a phone. Three tables' worth of figures per situation:

- script: the page's own time on the main thread in a frame (handlers, timers, animation frames), from the trace;
- main: everything on the main thread in a frame. Without a GPU that includes the painting of canvases, which is not
  the page's but this machine's;
- shapes and pixels: paths painted, and pixels cleared or copied, in a frame.

Times are the thread's own CPU time: other programs on the machine do not count.
"""

import argparse
import functools
import http.server
import json
import os
import pathlib
import statistics
import sys
import threading

from playwright.sync_api import sync_playwright

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True},
}
#: p95 of script time, in ms.
LIMITS = {"own": 4, "others": 4, "drag": 4, "pan": 8, "pan_all": 8, "zoom": 8, "pinch": 8}
PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/base/base.css">
<link rel="stylesheet" href="/static/class/class.css"><style>body { position: fixed; inset: 0; margin: 0 }</style></head>
<body><white-board></white-board><script type="module" src="/bench.js"></script></body></html>"""
SCRIPT = {"FunctionCall", "EvaluateScript", "FireAnimationFrame", "TimerFire", "EventDispatch", "RunMicrotasks"}


class Files(http.server.SimpleHTTPRequestHandler):
    """The page, its script, and the modules below /static."""

    def __init__(self, *rest, web_root: pathlib.Path):
        self.web_root = web_root
        super().__init__(*rest)

    def do_GET(self):
        name = self.path.split("?")[0]
        if name == "/":
            return self._give(PAGE.encode(), "text/html")
        if name == "/bench.js":
            return self._give((HERE / "board_frames.js").read_bytes(), "text/javascript")
        file = (self.web_root / name.removeprefix("/static/")).resolve()
        if not name.startswith("/static/") or not file.is_relative_to(self.web_root) or not file.is_file():
            return self.send_error(404)
        return self._give(file.read_bytes(), {".css": "text/css", ".js": "text/javascript"}.get(file.suffix, "image/svg+xml"))

    def _give(self, body: bytes, kind: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else 0.0


def per_frame(trace: dict) -> tuple[list[float], list[float]]:
    """Milliseconds of script and of everything on the page's main thread, frame by frame."""
    events = trace["traceEvents"]
    marks = [event for event in events if event.get("name") == "board-frame" and event.get("ph") in "IRnX"]
    place = (marks[0]["pid"], marks[0]["tid"])
    starts = sorted(mark["ts"] for mark in marks)
    script, everything = [0.0] * (len(starts) - 1), [0.0] * (len(starts) - 1)
    here = [event for event in events if event.get("ph") == "X" and (event["pid"], event["tid"]) == place]

    def frame(event) -> int | None:
        # The mark is set inside of the task that it begins: a frame belongs to the mark before its end.
        end = event["ts"] + event.get("dur", 0)
        at = next((index for index in range(len(starts) - 1, -1, -1) if starts[index] <= end), None)
        return at if at is not None and at < len(script) else None

    end_of_script = 0
    for event in sorted(here, key=lambda event: (event["ts"], -event.get("dur", 0))):
        at = frame(event)
        if at is None:
            continue
        cost = event.get("tdur", event.get("dur", 0)) / 1000
        if event["name"] in SCRIPT and event["ts"] >= end_of_script:
            script[at] += cost
            end_of_script = event["ts"] + event.get("dur", 0)
        if event["name"] in ("ThreadControllerImpl::RunTask", "RunTask"):
            everything[at] += cost
    return script, everything


def measure(browser, base: str, size: str, only: set[str]) -> list[dict]:
    context = browser.new_context(**SIZES[size])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(error.stack or str(error)))
    page.goto(base)
    page.wait_for_function("globalThis.ready", timeout=60_000)
    page.evaluate("() => ready")
    rows = []
    for name in page.evaluate("() => situations"):
        if only and name not in only:
            continue
        browser.start_tracing(page=page, categories=["devtools.timeline", "blink.user_timing", "toplevel", "-*"])
        result = page.evaluate("(name) => measure(name)", name)
        script, everything = per_frame(json.loads(browser.stop_tracing()))
        seen = result["rows"]
        rows.append({
            "size": size, "situation": name, "frames": len(seen),
            **{f"script_{label}": round(quantile(script, share), 2) for label, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
            **{f"main_{label}": round(quantile(everything, share), 2) for label, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
            **{f"interval_{label}": round(quantile([row["interval"] for row in seen], share), 1)
               for label, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
            "shapes_mean": round(statistics.mean(row["shapes"] for row in seen), 1),
            "shapes_p95": quantile([row["shapes"] for row in seen], 0.95),
            "pixels_mean": round(statistics.mean(row["pixels"] for row in seen)),
            "settled_ms": round(result["settled"]),
        })
        tell(rows[-1])
    context.close()
    if problems:
        sys.exit("the page had errors:\n" + "\n".join(problems))
    return rows


def tell(row: dict) -> None:
    three = lambda name: " / ".join(f"{row[f'{name}_{label}']:.1f}" for label in ("p50", "p95", "p99"))  # noqa: E731
    mark = "ok" if row["script_p95"] <= LIMITS[row["situation"]] else "OVER"
    print(f"{row['size']:8} {row['situation']:8} {three('script'):>20} {three('main'):>22} {three('interval'):>22} "
          f"{row['shapes_mean']:8.1f} {row['shapes_p95']:6.0f} {row['pixels_mean'] / 1000:9.0f} {row['settled_ms']:8} {mark}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--web-root", type=pathlib.Path, default=ROOT / "web-static")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--size", choices=SIZES)
    options = parser.parse_args()
    handler = functools.partial(Files, web_root=options.web_root.resolve())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    print(f"{'':17} {'script ms p50/95/99':>20} {'main ms p50/95/99':>22} {'interval ms p50/95/99':>22} "
          f"{'shapes':>8} {'p95':>6} {'k pixels':>9} {'settled':>8}")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    rows: list[dict] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=sandbox)
        for size in [options.size] if options.size else SIZES:
            rows += measure(browser, base, size, set(filter(None, options.only.split(","))))
        browser.close()
    server.shutdown()
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return int(any(row["script_p95"] > LIMITS[row["situation"]] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
