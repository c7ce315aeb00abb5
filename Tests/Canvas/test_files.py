"""Files through PyPI's canvasapi, unchanged: what schools' scripts do must work."""

import pathlib
import socket
import threading
import time
import urllib.parse

import canvasapi
import pytest
import requests
from canvasapi.exceptions import BadRequest, CanvasException, Forbidden, ResourceDoesNotExist, Unauthorized

from Rig.demo import Demo, locate

SETTINGS = """
content:
  largest-file: 80000000
  user-quota: 3000000
  course-quota: 200000000
"""
REFUSED = (Forbidden, Unauthorized, ResourceDoesNotExist)


@pytest.fixture(scope="module")
def server(request):
    """A server with small quotas."""
    with Demo(locate(request.config.getoption("--cohort")), config=SETTINGS) as demo:
        yield demo
        assert demo.process.poll() is None, f"the server ended during the tests:\n{demo.tail()}"


@pytest.fixture(scope="module")
def members(server):
    return server.first["users"]


@pytest.fixture(scope="module")
def client_of(server):
    return lambda user: canvasapi.Canvas(server.base, user["api_token"])


@pytest.fixture
def course(server, client_of, members):
    """The first course, as its teacher has it."""
    return client_of(members["instructor"]).get_course(server.ready["course_id"])


def put(course, folder: pathlib.Path, name: str, content: bytes, **options) -> dict:
    """Uploads a file with canvasapi."""
    path = folder / name
    path.write_bytes(content)
    done, answer = course.upload(str(path), **options)
    assert done, answer
    return answer


def quota(server, user, place: str) -> dict:
    """What a place's files may have, and have."""
    return requests.get(f"{server.base}/api/v1/{place}/files/quota", timeout=30,
                        headers={"Authorization": f"Bearer {user['api_token']}"}).json()


def begin(server, user, path: str, **fields) -> dict:
    """The first step by hand."""
    answer = requests.post(server.base + path, data=fields, headers={"Authorization": f"Bearer {user['api_token']}"},
                           timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_file_is_uploaded_listed_read_renamed_moved_and_deleted(course, tmp_path):
    content = bytes(range(256)) * 1000
    made = put(course, tmp_path, "été 1.bin", content, parent_folder_path="week 1/slides")
    assert made["size"] == len(content) and made["display_name"] == "été 1.bin"
    assert made["upload_status"] == "success" and "url" in made

    listed = {file.id: file for file in course.get_files()}
    assert made["id"] in listed
    file = course.get_file(made["id"])
    file.download(str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    assert file.get_contents(binary=True) == content

    folders = {folder.full_name: folder for folder in course.get_folders()}
    assert {"course files", "course files/week 1", "course files/week 1/slides"} <= set(folders)
    assert file.folder_id == folders["course files/week 1/slides"].id
    assert [one.id for one in folders["course files/week 1/slides"].get_files()] == [made["id"]]

    renamed = file.update(name="winter.bin", parent_folder_id=folders["course files"].id)
    assert renamed.display_name == "winter.bin" and renamed.folder_id == folders["course files"].id
    assert renamed.get_contents(binary=True) == content
    # The old address names what is gone.
    assert requests.get(file.url, timeout=30).status_code == 404

    deleted = renamed.delete()
    assert deleted.id == made["id"]
    with pytest.raises(ResourceDoesNotExist):
        course.get_file(made["id"])
    assert made["id"] not in [one.id for one in course.get_files()]
    assert requests.get(renamed.url, timeout=30).status_code == 404


def test_a_file_of_the_same_name_takes_the_place_of_the_first_or_gets_a_number(course, tmp_path):
    first = put(course, tmp_path, "same.txt", b"one")
    second = put(course, tmp_path, "same.txt", b"two!")
    assert second["id"] != first["id"] and second["display_name"] == "same.txt"
    with pytest.raises(ResourceDoesNotExist):
        course.get_file(first["id"])
    third = put(course, tmp_path, "same.txt", b"three", on_duplicate="rename")
    assert third["display_name"] == "same-1.txt"
    assert course.get_file(second["id"]).get_contents() == "two!"


def test_folders_are_made_renamed_moved_hidden_and_removed(course, client_of, members, server, tmp_path):
    top = course.create_folder("papers")
    below = top.create_folder("drafts")
    assert below.full_name == "course files/papers/drafts"
    made = put(course, tmp_path, "draft.txt", b"draft", parent_folder_id=below.id)
    with pytest.raises(CanvasException):
        course.create_folder("papers")

    top = top.update(name="essays")
    assert top.name == "essays"
    assert course.get_folder(below.id).full_name == "course files/essays/drafts"
    with pytest.raises(BadRequest):
        top.update(parent_folder_id=below.id)

    student = client_of(members["students"][0]).get_course(course.id)
    assert made["id"] in [file.id for file in student.get_files()]
    top.update(hidden=True)
    assert made["id"] not in [file.id for file in student.get_files()]
    assert "course files/essays" not in [folder.full_name for folder in student.get_folders()]
    top.update(hidden=False, locked=True)
    locked = student.get_file(made["id"])
    assert locked.locked_for_user and locked.url == ""
    top.update(locked=False)
    assert student.get_file(made["id"]).get_contents() == "draft"

    with pytest.raises(BadRequest):
        top.delete()
    used = quota(server, members["instructor"], f"courses/{course.id}")["quota_used"]
    top.delete(force=True)
    with pytest.raises(ResourceDoesNotExist):
        course.get_file(made["id"])
    assert quota(server, members["instructor"], f"courses/{course.id}")["quota_used"] == used - len(b"draft")


def test_users_have_files_of_their_own_which_nobody_else_sees(client_of, members, server, tmp_path):
    ada, alan = members["students"][:2]
    me = client_of(ada).get_current_user()
    made = put(me, tmp_path, "mine.txt", b"mine")
    assert [file.id for file in me.get_files()] == [made["id"]]
    assert client_of(ada).get_file(made["id"]).get_contents() == "mine"
    with pytest.raises(REFUSED):
        client_of(alan).get_file(made["id"])
    with pytest.raises(REFUSED):
        client_of(alan).get_folder(made["folder_id"])
    answer = requests.get(f"{server.base}/api/v1/users/{me.id}/files", timeout=30,
                          headers={"Authorization": f"Bearer {alan['api_token']}"})
    assert answer.status_code == 403


def test_students_read_and_do_not_change(course, client_of, members, server, tmp_path):
    made = put(course, tmp_path, "read.txt", b"read me")
    student = client_of(members["students"][0]).get_course(course.id)
    file = student.get_file(made["id"])
    assert file.get_contents() == "read me"
    with pytest.raises(REFUSED):
        file.update(name="changed.txt")
    with pytest.raises(REFUSED):
        file.delete()
    with pytest.raises(REFUSED):
        student.upload(str(tmp_path / "read.txt"))


def test_another_institution_sees_nothing(course, client_of, server, tmp_path):
    made = put(course, tmp_path, "private.txt", b"private")
    stranger = client_of(server.second["users"]["instructor"])
    with pytest.raises(ResourceDoesNotExist):
        stranger.get_file(made["id"])
    # An address that is signed for one institution is worth nothing when it names another.
    url = urllib.parse.urlsplit(made["url"])
    parts = url.path.split("/")
    other = str(server.second["id"])
    assert requests.get(made["url"], timeout=30).status_code == 200
    changed = url._replace(path="/".join([*parts[:2], other, *parts[3:]]))
    assert requests.get(changed.geturl(), timeout=30).status_code == 403


def test_an_address_is_signed_and_harmless(course, tmp_path):
    made = put(course, tmp_path, 'a"b;c.html', b"<script>alert(1)</script>", content_type="text/html")
    answer = requests.get(made["url"], timeout=30)
    assert answer.status_code == 200 and answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=\"a_b_c.html\"")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for change in (lambda url: url.replace("md5=", "md5=A"), lambda url: url.replace("expires=1", "expires=2"),
                   lambda url: url.split("?")[0], lambda url: url.replace("/save/", "/show/")):
        assert requests.get(change(made["url"]), timeout=30).status_code == 403


def test_content_is_read_in_parts_and_not_again(course, tmp_path):
    content = bytes(range(256)) * 40
    made = put(course, tmp_path, "film.mp4", content, content_type="video/mp4")
    part = requests.get(made["url"], headers={"Range": "bytes=100-199"}, timeout=30)
    assert part.status_code == 206 and part.content == content[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    last = requests.get(made["url"], headers={"Range": "bytes=-5"}, timeout=30)
    assert last.content == content[-5:]
    assert requests.get(made["url"], headers={"Range": "bytes=99999-"}, timeout=30).status_code == 416
    tag = part.headers["ETag"]
    again = requests.get(made["url"], headers={"If-None-Match": tag}, timeout=30)
    assert again.status_code == 304 and again.content == b""
    other = requests.get(made["url"], headers={"Range": "bytes=0-1", "If-Range": '"other"'}, timeout=30)
    assert other.status_code == 200 and other.content == content
    assert requests.head(made["url"], timeout=30).headers["Content-Length"] == str(len(content))


def test_an_upload_is_what_was_announced(server, course, members, tmp_path):
    teacher, path = members["instructor"], f"/api/v1/courses/{course.id}/files"
    ticket = begin(server, teacher, path, name="five.txt", size=5)

    def send(content, params=None):
        return requests.post(ticket["upload_url"], data=params or ticket["upload_params"],
                             files={ticket["file_param"]: ("x", content)}, timeout=30)

    assert send(b"four").status_code == 400
    assert send(b"sixsix").status_code == 400
    assert send(b"x" * 100_000).status_code == 400
    assert send(b"five!", {**ticket["upload_params"], "token": "x"}).status_code == 403
    assert send(b"five!", {**ticket["upload_params"], "filename": "other"}).status_code == 403
    late = requests.post(ticket["upload_url"], files=[("file", ("x", b"five!")), *[
        (name, (None, value)) for name, value in ticket["upload_params"].items()]], timeout=30)
    assert late.status_code == 403
    first = send(b"five!")
    assert first.status_code == 201
    # Once more finds the same file.
    assert send(b"five!").json()["id"] == first.json()["id"]
    confirmed = requests.get(first.headers["Location"], timeout=30,
                             headers={"Authorization": f"Bearer {teacher['api_token']}"})
    assert confirmed.status_code == 200 and confirmed.json()["id"] == first.json()["id"]
    assert requests.get(first.headers["Location"], timeout=30).status_code == 401


def test_sizes_and_quotas_have_ends(server, client_of, course, members, tmp_path):
    teacher = {"Authorization": f"Bearer {members['instructor']['api_token']}"}
    large = requests.post(f"{server.base}/api/v1/courses/{course.id}/files", data={"name": "a", "size": 80000001},
                          headers=teacher, timeout=30)
    assert large.status_code == 400 and large.json()["code"] == "file_too_large"
    me = client_of(members["students"][2]).get_current_user()
    put(me, tmp_path, "one", b"x" * 2_000_000)
    with pytest.raises(CanvasException):
        put(me, tmp_path, "two", b"x" * 2_000_000)
    assert quota(server, members["students"][2], "users/self") == {"quota": 3_000_000, "quota_used": 2_000_000}
    # The same name again frees what it replaces.
    put(me, tmp_path, "one", b"x" * 2_500_000)


def test_who_has_no_room_is_told_first_and_nothing_of_theirs_is_kept(server, members):
    user = members["students"][6]
    where = f"{server.base}/api/v1/users/self/files"
    mine = {"Authorization": f"Bearer {user['api_token']}"}
    refused = requests.post(where, data={"name": "big", "size": 3_000_001}, headers=mine, timeout=30)
    assert refused.status_code == 400 and refused.json()["code"] == "quota_exceeded"
    assert refused.json()["errors"][0]["field"] == "size"
    # Two that fit alone and not together: the second finds no room when it comes, and leaves no bytes.
    tickets = [begin(server, user, "/api/v1/users/self/files", name=f"part {n}", size=2_000_000) for n in range(2)]
    kept = lambda: sum(path.stat().st_size for path in (pathlib.Path(server.folder)).rglob("*")
                       if "incoming" not in path.parts and path.is_file() and path.stat().st_size >= 2_000_000)
    before = kept()
    answers = [requests.post(ticket["upload_url"], data=ticket["upload_params"], timeout=60,
                             files={"file": ("x", str(n).encode() * 2_000_000)}) for n, ticket in enumerate(tickets)]
    assert [answer.status_code for answer in answers] == [201, 400]
    assert answers[1].json()["code"] == "quota_exceeded"
    assert kept() - before == 2_000_000


def test_of_uploads_that_race_for_the_last_room_only_those_that_fit_leave_bytes(server, members):
    user = members["students"][8]
    size = 1_250_000
    tickets = [begin(server, user, "/api/v1/users/self/files", name=f"race {n}", size=size) for n in range(8)]
    kept = lambda: sum(path.stat().st_size for path in pathlib.Path(server.folder).rglob("*")
                       if "incoming" not in path.parts and path.is_file() and path.stat().st_size == size)
    answers = []

    def upload(number):
        answers.append(requests.post(tickets[number]["upload_url"], data=tickets[number]["upload_params"], timeout=60,
                                     files={"file": ("x", bytes([number]) * size)}).status_code)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [201] * 2 + [400] * 6
    assert kept() == 2 * size


def test_an_upload_may_leave_its_size_open(server, members):
    user = members["students"][7]
    ticket = begin(server, user, "/api/v1/users/self/files", name="open.txt")
    sent = requests.post(ticket["upload_url"], data=ticket["upload_params"], timeout=30,
                         files={"file": ("open.txt", b"as long as it is")})
    assert sent.status_code == 201 and sent.json()["size"] == 16
    endless = begin(server, user, "/api/v1/users/self/files", name="endless.txt")
    sent = requests.post(endless["upload_url"], data=endless["upload_params"], timeout=30,
                         files={"file": ("endless.txt", b"x" * 3_000_001)})
    assert sent.status_code == 400 and sent.json()["code"] == "quota_exceeded"


def test_a_file_waits_for_its_module(server, client_of, course, members, tmp_path):
    file = put(course, tmp_path, "later.pdf", b"%PDF-1.4")
    module = course.create_module({"name": "Later", "unlock_at": "2100-01-01T00:00:00Z"})
    module.edit(module={"published": True})
    item = module.create_module_item({"type": "File", "content_id": file["id"], "title": "Later"})
    item.edit(module_item={"published": True})
    course.get_file(file["id"])
    student = client_of(members["students"][0]).get_course(course.id)
    seen = student.get_file(file["id"])
    assert seen.locked_for_user and seen.url == ""
    assert [one.locked_for_user for one in student.get_files() if one.id == file["id"]] in ([], [True])
    for path in (f"/files/{file['id']}/download", f"/files/{file['id']}/preview",
                 f"/api/v1/files/{file['id']}/public_url"):
        answer = requests.get(server.base + path, allow_redirects=False, timeout=30,
                              headers={"Authorization": f"Bearer {members['students'][0]['api_token']}"})
        assert answer.status_code == 403, path
    teacher = requests.get(f"{server.base}/files/{file['id']}/download", allow_redirects=False, timeout=30,
                           headers={"Authorization": f"Bearer {members['instructor']['api_token']}"})
    assert teacher.status_code == 302
    module.edit(module={"unlock_at": "2020-01-01T00:00:00Z"})
    assert not student.get_file(file["id"]).locked_for_user


def test_many_uploads_at_once_count_right(server, client_of, members, tmp_path):
    user = members["students"][3]
    me = client_of(user).get_current_user()
    results = []

    def upload(number):
        try:
            results.append(put(client_of(user).get_current_user(), tmp_path, f"part-{number}", b"x" * 500_000))
        except CanvasException as error:
            results.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    stored = [one for one in results if isinstance(one, dict)]
    assert len(results) == 10 and len(stored) == 6
    assert len(list(me.get_files())) == 6


def test_uploads_of_one_name_at_once_are_all_answered_and_one_file_stays(server, members):
    user = members["students"][4]
    tickets = [begin(server, user, "/api/v1/users/self/files", name="same.txt", size=4) for _ in range(16)]
    answers = []

    def upload(ticket):
        answers.append(requests.post(ticket["upload_url"], data=ticket["upload_params"], timeout=60,
                                     files={"file": ("same.txt", b"text")}))

    threads = [threading.Thread(target=upload, args=(ticket,)) for ticket in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.json()["id"] for answer in answers}) == 16
    assert quota(server, user, "users/self")["quota_used"] == 4


def test_an_upload_that_breaks_off_leaves_nothing(server, course, members):
    ticket = begin(server, members["instructor"], f"/api/v1/courses/{course.id}/files", name="broken.bin", size=1_000_000)
    url = urllib.parse.urlsplit(ticket["upload_url"])
    boundary = "cut"
    head = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                   for name, value in ticket["upload_params"].items())
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    incoming = server.folder / "data" / "content" / "incoming"
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(
            f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: {len(head) + 1_000_100}\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n{head}".encode() + b"x" * 500_000)
        wait(lambda: incoming.exists() and any(incoming.iterdir()))
    wait(lambda: not any(incoming.iterdir()))
    assert "broken.bin" not in [file.display_name for file in course.get_files()]


def wait(condition):
    """Waits for something that comes by itself, for half a minute at most."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_large_file_is_never_whole_in_memory(server, course, tmp_path):
    before = memory(server.process.pid)
    made = put(course, tmp_path, "large.bin", b"\0" * 64_000_000)
    assert made["size"] == 64_000_000
    # Some of what was received at once, and what the allocator keeps.
    assert memory(server.process.pid) - before < 24_000_000
    course.get_file(made["id"]).delete()


def memory(pid: int) -> int:
    """The largest resident size so far, in bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def test_folders_of_oneself_are_found_by_their_path(server, client_of, members):
    me = client_of(members["students"][0]).get_current_user()
    me.create_folder("notes")
    assert [folder.full_name for folder in me.resolve_path("notes")] == ["my files", "my files/notes"]
    assert [folder.full_name for folder in me.resolve_path()] == ["my files"]
    with pytest.raises(ResourceDoesNotExist):
        list(me.resolve_path("elsewhere"))


def test_files_are_sorted_and_narrowed_as_they_are_asked_for(course, members, tmp_path):
    folder = course.create_folder("sorted")
    for name, content in (("b.txt", b"22"), ("C.bin", b"1"), ("a.png", b"333"), ("d.txt", b"22")):
        put(course, tmp_path, name, content, parent_folder_path="sorted")

    def names(**asked):
        return [file.display_name for file in folder.get_files(per_page=1, **asked)]
    assert names() == names(sort="name", order="asc") == ["a.png", "b.txt", "C.bin", "d.txt"]
    assert names(order="desc") == ["d.txt", "C.bin", "b.txt", "a.png"]
    assert names(sort="size") == ["C.bin", "b.txt", "d.txt", "a.png"]
    assert names(sort="size", order="desc") == ["a.png", "d.txt", "b.txt", "C.bin"]
    assert names(sort="created_at") == names(sort="updated_at") == ["b.txt", "C.bin", "a.png", "d.txt"]
    assert names(sort="content_type")[-2:] == ["b.txt", "d.txt"] and len(names(sort="content_type")) == 4
    assert sorted(names(sort="user")) == sorted(names())
    assert names(search_term=".txt") == ["b.txt", "d.txt"] == names(content_types=["text/plain"])
    assert names(exclude_content_types=["text"]) == ["a.png", "C.bin"]
    file = next(iter(folder.get_files(only=["names"])))
    assert file.display_name == "a.png" and not hasattr(file, "size") and not hasattr(file, "url")
    assert next(iter(folder.get_files(include=["user"]))).user["id"] == members["instructor"]["id"]
    for wrong in ({"sort": "colour"}, {"order": "sideways"}, {"page": "bookmark:WyJ4Il0"}):
        with pytest.raises(BadRequest):
            names(**wrong)
