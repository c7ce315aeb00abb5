#!/usr/bin/env python3
"""How quickly a student's phone on 4G has the class's page, with a cold cache, and what that weighs.

    page_load.py [--cohort PATH] [--reps 7] [--parts]

The server, its database and the browser share this machine, so its times are an upper bound; the weight is exact.
"""

import argparse
import os
import pathlib
import sys

from playwright.sync_api import Browser, sync_playwright

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import Demo, locate  # noqa: E402
from Rig.first_load import FirstLoad, first_load  # noqa: E402
from tools import quiet, spread, table  # noqa: E402

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2.5}


def sign_in(browser: Browser, demo: Demo, user: dict) -> dict:
    """Signs a person in by a request of the browser; the cookies that it keeps."""
    context = browser.new_context(base_url=demo.base)
    try:
        answer = context.request.post(
            "/api/v1/session", data={"login": user["login"], "password": user["password"]},
            headers={"Origin": demo.base})
        if not answer.ok:
            raise RuntimeError(f"sign-in: {answer.status} {answer.text()}")
        return context.storage_state()
    finally:
        context.close()


def loads(demo: Demo, repetitions: int) -> list[FirstLoad]:
    """First loads of the demo's class, each in a browser of its own: nothing is cached, nothing is compiled."""
    found = []
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    path = f"/courses/{demo.ready['course_id']}/classes/{demo.ready['class_id']}"
    with sync_playwright() as playwright:
        for _ in range(repetitions):
            browser = playwright.chromium.launch(executable_path=program, args=sandbox)
            state = sign_in(browser, demo, demo.first["users"]["students"][0])
            context = browser.new_context(base_url=demo.base, locale="en-GB", storage_state=state, **PHONE)
            found.append(first_load(context, path))
            browser.close()
    return found


def report(found: list[FirstLoad]) -> str:
    """The table that is printed."""
    rows = [
        ["first paint, ms", spread([one.paint for one in found], 0)],
        ["first contentful paint, ms", spread([one.contentful for one in found], 0)],
        ["interactive, ms", spread([one.interactive for one in found], 0)],
        ["until then: requests", spread([one.requests for one in found], 0)],
        ["until then: bytes on the wire, with headers", spread([one.size for one in found], 0)],
        ["with what is fetched ahead: requests", spread([one.requests_in_all for one in found], 0)],
        ["with what is fetched ahead: bytes on the wire, with headers", spread([one.size_in_all for one in found], 0)],
    ]
    return (f"## The class's page on a student's phone: CPU a quarter, 9 Mbit/s, 50 ms, cold; {len(found)} loads\n\n"
            + table(["", "median (least–most)"], rows))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    parser.add_argument("--reps", type=int, default=7)
    parser.add_argument("--parts", action="store_true", help="list every request of the last load")
    parser.add_argument("--web-root", type=pathlib.Path, help="the pages of another tree")
    options = parser.parse_args()
    quiet()
    with Demo(locate(options.cohort), **({"web_root": options.web_root} if options.web_root else {})) as demo:
        found = loads(demo, options.reps)
    if options.parts:
        for address, size in found[-1].parts:
            print(f"{size:8,} {address}")
    print(report(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
