"""Files behind nginx, with the configuration that `deploy/nginx` has: links are checked there, content is kept there."""

import base64
import hashlib
import pathlib
import sys
import time
import urllib.parse

import pytest
import requests

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Edge.edge import Edge, free_port  # noqa: E402
from Rig.api import Api  # noqa: E402
from Rig.demo import Demo, locate  # noqa: E402

SECRET = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def demo(request):
    """A server that sends its readers to the edge."""
    port = free_port()
    settings = f"content:\n  link-secret: {SECRET}\n  edge: http://127.0.0.1:{port}\n"
    with Demo(locate(request.config.getoption("--cohort")), config=settings) as server:
        server.edge_port = port
        yield server


@pytest.fixture(scope="module")
def edge(demo):
    with Edge(demo.edge_port, urllib.parse.urlsplit(demo.base).netloc, SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def teacher(demo):
    return Api(demo.base, demo.first["users"]["instructor"])


def upload(demo, api, name: str, content: bytes, content_type: str = "text/plain") -> dict:
    ticket = api.post(f"/api/v1/courses/{demo.ready['course_id']}/files",
                      {"name": name, "size": len(content), "content_type": content_type})
    answer = requests.post(ticket["upload_url"], data=ticket["upload_params"], files={"file": ("x", content)}, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()


def sign(path: str, expires: int, secret: str = SECRET) -> str:
    digest = hashlib.md5(f"{expires}{urllib.parse.unquote(path)} {secret}".encode()).digest()
    return f"{path}?md5={base64.urlsafe_b64encode(digest).decode().rstrip('=')}&expires={expires}"


def test_a_valid_link_is_answered_and_then_from_the_cache(demo, edge, teacher):
    file = upload(demo, teacher, "été 1 (a+b)%.txt", b"hello")
    assert file["url"].startswith(f"http://127.0.0.1:{edge.port}/content/")
    first = requests.get(file["url"], timeout=30)
    assert (first.status_code, first.content, first.headers["X-Cache-Status"]) == (200, b"hello", "MISS")
    second = requests.get(file["url"], timeout=30)
    assert (second.status_code, second.content, second.headers["X-Cache-Status"]) == (200, b"hello", "HIT")
    for name in ("Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "ETag"):
        assert first.headers[name] == second.headers[name]
    assert "sandbox" in second.headers["Content-Security-Policy"]
    # Another reader's link, signed at another time, finds the same content.
    path = urllib.parse.urlsplit(file["url"]).path
    other = requests.get(f"http://127.0.0.1:{edge.port}{sign(path, int(time.time()) + 60)}", timeout=30)
    assert (other.status_code, other.headers["X-Cache-Status"]) == (200, "HIT")


def test_links_that_are_old_changed_or_anothers_are_refused_even_where_the_content_is_kept(demo, edge, teacher):
    file = upload(demo, teacher, "secret.txt", b"secret")
    assert requests.get(file["url"], timeout=30).status_code == 200
    url = urllib.parse.urlsplit(file["url"])
    base, parts = f"http://127.0.0.1:{edge.port}", url.path.split("/")
    now = int(time.time())
    other = "/".join([*parts[:2], str(demo.second["id"]), *parts[3:]])
    refused = {
        "expired": sign(url.path, now - 1),
        "altered signature": file["url"].removeprefix(base).replace("md5=", "md5=A"),
        "altered age": file["url"].removeprefix(base) + "0",
        "altered name": file["url"].removeprefix(base).replace("secret.txt", "other.txt"),
        "another institution": f"{other}?{url.query}",
        "another secret": sign(url.path, now + 60, "f" * 64),
        "no signature": url.path,
    }
    for what, target in refused.items():
        assert requests.get(base + target, timeout=30).status_code == 403, what
    # Signed for the other institution, it is a link to what that one does not have.
    assert requests.get(base + sign(other, now + 60), timeout=30).status_code == 404
    # Longer than Cohort signs: nginx lets it pass, and Cohort does not, where it is asked.
    fresh = upload(demo, teacher, "fresh.txt", b"fresh")
    path = urllib.parse.urlsplit(fresh["url"]).path
    assert requests.get(base + sign(path, now + 100_000), timeout=30).status_code == 403
    assert requests.get(f"{base}/api/v1/courses", timeout=30).status_code == 404
    assert requests.post(file["url"], timeout=30).status_code == 403


def test_parts_of_a_large_file_come_from_the_cache(demo, edge, teacher):
    content = bytes(range(256)) * 40_000
    file = upload(demo, teacher, "film.mp4", content, "video/mp4")
    last = requests.get(file["url"], headers={"Range": "bytes=9000000-9000099"}, timeout=30)
    assert last.status_code == 206 and last.content == content[9_000_000:9_000_100]
    again = requests.get(file["url"], headers={"Range": "bytes=9000050-9000060"}, timeout=30)
    assert again.content == content[9_000_050:9_000_061] and again.headers["X-Cache-Status"] == "HIT"
    assert requests.get(file["url"], timeout=60).content == content
    tag = last.headers["ETag"]
    assert requests.get(file["url"], headers={"If-None-Match": tag}, timeout=30).status_code == 304


def test_an_empty_file_is_sent(demo, edge, teacher):
    file = upload(demo, teacher, "empty.txt", b"")
    answer = requests.get(file["url"], timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")


def test_who_has_lost_the_course_gets_no_new_link(demo, edge, teacher):
    student = demo.first["users"]["students"][-1]
    file = upload(demo, teacher, "handout.txt", b"handout")
    api = Api(demo.base, student)
    link = api.get(f"/api/v1/files/{file['id']}")["url"]
    assert requests.get(link, timeout=30).status_code == 200
    database = demo.ready["database"]
    import subprocess
    subprocess.run(
        ["psql", "-h", database["socket_dir"], "-U", database["superuser"], "-d", database["name"], "-qc",
         f"UPDATE enrollments SET workflow_state = 'deleted' WHERE user_id = {student['id']} "
         f"AND course_id = {demo.ready['course_id']}"], check=True)
    for path in (f"/api/v1/files/{file['id']}", f"/api/v1/files/{file['id']}/public_url",
                 f"/api/v1/courses/{demo.ready['course_id']}/files"):
        answer = requests.get(demo.base + path, headers={"Authorization": f"Bearer {student['api_token']}"}, timeout=30)
        assert answer.status_code == 403, path
