#!/usr/bin/env python3
"""Drives a server with marked personal data through many ways, errors too, and looks for the marks where none may be.

Names, logins, addresses, texts, names of files, tokens and passwords must be in no line of the log, on no page of metrics, in no answer
for operators, and errors must not tell one person what another wrote. `python3 Tests/Protocol/check_privacy.py [--cohort PROGRAM]`.
"""

import argparse
import asyncio
import pathlib
import sys
import time
import urllib.parse

import aiohttp
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests"), str(ROOT / "Tests" / "Protocol")]

from Rig.demo import Demo, locate  # noqa: E402
from Rig.live import LiveClient  # noqa: E402

MARK = "Zq7Mark"
USER = {"name": f"{MARK} Name", "short_name": f"{MARK} Short", "sortable_name": f"{MARK}, Sort"}
LOGIN = f"{MARK}.login@school.example"
CONFIG = "log:\n  level: debug\n"
PASSWORD = f"{MARK}-password-9"


class Driver:
    """Sends requests and remembers the answers that are errors."""

    def __init__(self, base):
        self.base, self.errors, self.secrets = base, [], [MARK]

    def send(self, who, method, path, **body):
        headers = body.pop("headers", {})
        if who:
            headers["Authorization"] = f"Bearer {who['api_token']}"
        answer = requests.request(
            method, self.base + path, headers=headers, timeout=30, allow_redirects=False, **body)
        if answer.status_code >= 400:
            self.errors.append((f"{method} {path}", answer.status_code, answer.text))
        return answer


def rest(driver, admin, staff, student, course):
    """What people write, once as it should be and in many ways that it should not."""
    send, root = driver.send, "/api/v1/accounts/self"
    fields = {"user": {**USER, "locale": "de"}, "pseudonym": {"unique_id": LOGIN, "password": PASSWORD,
              "sis_user_id": f"{MARK}-sis"}, "communication_channel": {"address": f"{MARK}@mail.example"}}
    user = send(admin, "POST", f"{root}/users", json=fields).json()["id"]
    send(admin, "POST", f"{root}/users", json=fields)
    second = {**fields, "pseudonym": {"unique_id": f"{MARK}.second", "sis_user_id": f"{MARK}-sis"}}
    send(admin, "POST", f"{root}/users", json=second)
    send(admin, "POST", f"{root}/users", json={"user": {"name": MARK * 100}, "pseudonym": {"unique_id": f"{MARK} blank"}})
    send(admin, "PUT", f"/api/v1/users/{user}", json={"user": {"email": f"{MARK}-no-address", "bio": MARK, "time_zone": MARK}})
    send(admin, "PUT", f"/api/v1/users/{user}", json={"user": {"avatar": {"url": f"http://{MARK}.example/a.png"}}})
    for path in (f"/api/v1/users/sis_login_id:{LOGIN}", f"/api/v1/users/sis_user_id:{MARK}", f"/api/v1/{MARK}",
                 f"{root}/users?search_term={MARK}", f"/api/v1/search/recipients?search={MARK}",
                 f"/api/v1/courses/{course}/search_users?search_term={MARK}", f"/{MARK}?{MARK}={MARK}",
                 f"/api/v1/courses/{course}/pages/{MARK}", f"/content/1/1/{'a' * 64}/save/{MARK}.txt",
                 f"/api/v1/courses/{course}/files?search_term={MARK}&per_page={MARK}"):
        send(admin, "GET", path)
        send(student, "GET", path)
    for body in ({"login": LOGIN, "password": PASSWORD}, {"login": LOGIN, "password": f"{MARK}-wrong"},
                 {"login": MARK}, {"login": f"{MARK}\x00", "password": MARK}):
        send(None, "POST", "/api/v1/session", json=body)
    send(None, "POST", "/api/v1/password_resets", json={"login": LOGIN})
    send(None, "PUT", f"/api/v1/password_resets/{MARK}", json={"password": MARK})
    send({"api_token": f"1~{MARK}"}, "GET", "/api/v1/users/self/profile")
    send(None, "GET", "/api/v1/session", headers={"Cookie": f"cohort_session={MARK}"})
    send(admin, "POST", f"/api/v1/courses/{course}/pages", data=f'{{"wiki_page": {{"title": "{MARK}',
         headers={"Content-Type": "application/json"})
    page = {"wiki_page": {"title": f"{MARK} page", "body": f"<p>{MARK}</p>", "published": True}}
    send(staff, "POST", f"/api/v1/courses/{course}/pages", json=page)
    send(student, "POST", f"/api/v1/courses/{course}/pages", json=page)
    topic = send(staff, "POST", f"/api/v1/courses/{course}/discussion_topics",
                 json={"title": f"{MARK} topic", "message": f"<p>{MARK}</p>", "published": True}).json()
    send(student, "POST", f"/api/v1/courses/{course}/discussion_topics/{topic['id']}/entries", json={"message": MARK})
    send(student, "POST", f"/api/v1/courses/{course}/discussion_topics/{topic['id']}/entries", json={"message": 7})
    token = send(admin, "POST", "/api/v1/users/self/tokens", json={"token": {"purpose": f"{MARK} purpose"}}).json()
    driver.secrets.append(token.get("visible_token") or token.get("token") or MARK)
    send(admin, "POST", "/api/v1/users/self/tokens", json={"token": {"purpose": MARK, "scopes": ["url:GET|/none"]}})
    return user


def apps(driver, admin, student):
    """An app with marked names asks somebody, gets its tokens, and gets much wrong."""
    made = driver.send(admin, "POST", "/api/v1/accounts/self/developer_keys", json={"developer_key": {
        "name": f"{MARK} app", "email": f"{MARK}@app.example", "redirect_uris": [f"https://app.example/{MARK}"]}}).json()
    asked = {"client_id": made["client_id"], "response_type": "code", "redirect_uri": f"https://app.example/{MARK}",
             "state": MARK, "purpose": f"{MARK} phone"}
    browser = requests.Session()
    session = browser.post(f"{driver.base}/api/v1/session", timeout=30, json={"login": student["login"], "password": student["password"]})
    csrf = {"X-CSRF-Token": session.json()["csrf_token"]}
    for wrong in ({}, {"client_id": MARK}, {"redirect_uri": f"https://{MARK}.example/"}, {"scope": MARK}, {"code_challenge": MARK}):
        for path in ("auth", "request"):
            browser.get(f"{driver.base}/login/oauth2/{path}", params={**asked, **wrong}, timeout=30, allow_redirects=False)
    answer = browser.post(f"{driver.base}/login/oauth2/accept", headers=csrf, timeout=30,
                          json={"query": urllib.parse.urlencode(asked), "allow": True}).json()
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer["location"]).query)["code"][0]
    browser.get(f"{driver.base}/login/oauth2/auth", params={"code": code}, timeout=30, allow_redirects=False)
    form = {"client_id": made["client_id"], "client_secret": made["api_key"], "code": code, "redirect_uri": asked["redirect_uri"]}
    for wrong in ({"client_secret": MARK}, {"client_id": MARK}, {"code": MARK}, {"grant_type": MARK}, {"refresh_token": MARK, "grant_type": "refresh_token"}):
        driver.send(None, "POST", "/login/oauth2/token", data={**form, **wrong})
    given = driver.send(None, "POST", "/login/oauth2/token", data=form).json()
    driver.send(None, "POST", "/login/oauth2/token", data=form)
    driver.secrets += [code, made["api_key"], given["access_token"], given["refresh_token"]]


def files(driver, student):
    """A file with a marked name and marked bytes, and one that is not as it was announced."""
    for size in (len(MARK), 3):
        ticket = driver.send(student, "POST", "/api/v1/users/self/files",
                             json={"name": f"{MARK}.txt", "size": size, "content_type": "text/plain"}).json()
        answer = requests.post(ticket["upload_url"], data=ticket["upload_params"], files={"file": (f"{MARK}.txt", MARK)}, timeout=30)
        if answer.status_code >= 400:
            driver.errors.append(("upload", answer.status_code, answer.text))
    listed = driver.send(student, "GET", "/api/v1/users/self/files").json()
    requests.get(listed[0]["url"], timeout=30)
    requests.get(listed[0]["url"].replace("md5=", "md5=x"), timeout=30)


def imports(driver, admin):
    """A roster with marked people, half of its rows wrong."""
    rows = f"user_id,login_id,full_name,email,status\n{MARK}1,{MARK}.one,{MARK},{MARK},active\n{MARK}2,,{MARK},,active\n" \
           f"{MARK}3,{LOGIN},{MARK},{MARK}@x.example,active\n{MARK}4,{MARK}.four,{MARK},,{MARK}\n"
    made = driver.send(admin, "POST", "/api/v1/accounts/self/sis_imports?extension=csv", data=rows).json()["id"]
    driver.send(admin, "POST", "/api/v1/accounts/self/sis_imports?extension=zip", data=MARK)
    wait(driver, admin, f"/api/v1/accounts/self/sis_imports/{made}", "workflow_state",
         ("imported", "imported_with_messages", "failed", "failed_with_messages", "aborted"))


def privacy(driver, admin, user):
    """An export and the erasure of the marked user."""
    made = driver.send(admin, "POST", f"/api/v1/users/{user}/data_exports").json()["id"]
    wait(driver, admin, f"/api/v1/users/{user}/data_exports/{made}", "status", ("complete", "error", "aborted"))
    erasure = driver.send(admin, "POST", "/api/v1/accounts/self/erasures", json={"user_id": user}).json()["id"]
    driver.send(admin, "POST", f"/api/v1/accounts/self/erasures/{erasure}/confirm")
    wait(driver, admin, f"/api/v1/accounts/self/erasures/{erasure}", "workflow_state", ("completed", "failed"))


def wait(driver, who, path, field, ends, seconds=60):
    """Until a field says that something is over."""
    limit = time.monotonic() + seconds
    while driver.send(who, "GET", path).json()[field] not in ends:
        if time.monotonic() > limit:
            raise RuntimeError(f"{path} is not over")
        time.sleep(0.05)


async def live(driver, staff, student, course):
    """A class with marked messages, and commands that are refused."""
    made = driver.send(staff, "POST", f"/api/v1/courses/{course}/live_classes", json={"title": "A class"}).json()["id"]
    driver.send(staff, "POST", f"/api/v1/live_classes/{made}/start")
    url = driver.base.replace("http", "ws", 1) + "/connection/websocket"
    async with aiohttp.ClientSession() as http:
        token = driver.send(student, "POST", "/api/v1/live_token").json()["token"]
        driver.secrets.append(token)
        client = LiveClient(http, url, token)
        await client.connect()
        await client.subscribe(f"chat:{made}")
        commands = [("chat.send", {"class": made, "key": "0b0e7a52-9d7b-4e0e-9a3f-0d3f3b5d7f10", "text": f"{MARK} chat"}),
                    ("chat.send", {"class": made, "key": MARK, "text": MARK}), (MARK, {MARK: MARK}),
                    ("class.announce", {"class": made, "text": MARK}), ("chat.edit", {"class": made, "message": MARK, "text": MARK})]
        for method, data in commands:
            try:
                await client.rpc(method, data)
            except Exception as error:  # Refusals are what is wanted.
                driver.errors.append((f"rpc {commands.index((method, data))}", 0, str(error).replace(method, "")))
        await client.close()
        bad = LiveClient(http, url, f"{MARK}.{MARK}.{MARK}")
        try:
            await bad.connect()
        except Exception as error:
            driver.errors.append(("connect", 0, str(error)))


def main():
    parser = argparse.ArgumentParser(description="Looks for personal data in logs and metrics.")
    parser.add_argument("--cohort")
    program = locate(parser.parse_args().cohort)
    complaints = []
    with Demo(program, config=CONFIG) as demo:
        users = demo.ready["institutions"][0]["users"]
        admin, staff, student = users["admin"], users["instructor"], users["students"][0]
        driver = Driver(demo.ready["base_url"])
        made = driver.send(admin, "POST", "/api/v1/accounts/self/courses",
                             json={"course": {"name": "A course"}, "offer": True})
        assert made.ok, made.text
        course = made.json()["id"]
        for one, kind in ((staff, "TeacherEnrollment"), (student, "StudentEnrollment")):
            driver.send(admin, "POST", f"/api/v1/courses/{course}/enrollments",
                        json={"enrollment": {"user_id": one["id"], "type": kind, "enrollment_state": "active"}})
        user = rest(driver, admin, staff, student, course)
        apps(driver, admin, student)
        files(driver, student)
        imports(driver, admin)
        asyncio.run(live(driver, staff, student, course))
        privacy(driver, admin, user)
        pages = {"metrics": requests.get(driver.base + "/metrics", timeout=30).text}
        for path in ("/healthz", "/readyz", "/api/v1/ops/jobs", "/api/v1/ops/live", "/api/v1/ops/nodes"):
            pages[path] = driver.send(admin, "GET", path).text
        demo.stop()
        logs = (demo.log, demo.folder / "data" / "cohort.log")
        pages["the log"] = "\n".join(log.read_text(errors="replace") for log in logs)
        if pages["the log"].count("route") < 50:
            complaints.append("the log has no requests: nothing was looked at")
        for name, text in pages.items():
            for line in text.splitlines():
                if any(secret.lower() in line.lower() for secret in driver.secrets):
                    complaints.append(f"{name}: {line[:300]}")
        for way, status, text in driver.errors:
            # Whoever sent something may hear of a field, never what was in it.
            if MARK.lower() in text.lower():
                complaints.append(f"the answer to {way} ({status}): {text[:300]}")
    for complaint in complaints:
        print(complaint)
    print(f"privacy: {len(driver.errors)} errors, {len(pages['the log'].splitlines())} lines; {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
