"""What holds for every route, as Canvas's clients rely on it."""

import datetime

import pytest
import requests
from canvasapi import Canvas, exceptions


@pytest.fixture
def send(demo, people):
    """Sends a request as the institution's admin."""
    def send(method, path, **options):
        headers = {"Authorization": f"Bearer {people['admin']['api_token']}", **options.pop("headers", {})}
        return requests.request(method, demo.ready["base_url"] + path, headers=headers, timeout=30, **options)
    return send


def test_a_bad_token_is_told_from_one_that_may_not(demo, student, root):
    with pytest.raises(exceptions.InvalidAccessToken):
        Canvas(demo.ready["base_url"], "1~nothing").get_current_user()
    with pytest.raises(exceptions.Forbidden):
        student.get_account(root.id)


def test_ids_are_strings_for_whom_asks(send):
    answer = send("GET", "/api/v1/users/self", headers={"Accept": "application/json+canvas-string-ids"}).json()
    assert isinstance(answer["id"], str) and int(answer["id"]) > 0
    plain = send("GET", "/api/v1/users/self").json()
    assert plain == {**answer, "id": int(answer["id"])}


def test_links_begin_with_the_base_that_the_client_used_and_keep_the_filters(demo, send):
    port = demo.ready["base_url"].rsplit(":", 1)[1]
    answer = send("GET", "/api/v1/accounts/self/users?enrollment_type[]=student&per_page=1", headers={"Host": f"localhost:{port}"})
    following = answer.links["next"]["url"]
    assert following.startswith(f"http://localhost:{port}/api/v1/accounts/self/users?")
    assert "enrollment_type%5B%5D=student" in following and "per_page=1" in following


def test_the_last_of_several_counts_holds(send):
    assert len(send("GET", "/api/v1/accounts/self/users?per_page=1&per_page=2").json()) == 2


@pytest.mark.parametrize("query", ["page=0", "page=-1", "per_page=0", "per_page=-3", "page=2000", "page=bookmark:x"])
def test_a_page_that_is_none_is_refused(send, query):
    answer = send("GET", f"/api/v1/courses?{query}")
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] in ("page", "per_page")


@pytest.mark.parametrize("path", [
    "/api/v1/courses/18446744073709551617", "/api/v1/courses/9007199254740993", "/api/v1/courses/-1",
    "/api/v1/courses/sis_course_id:none", "/api/v1/courses/sis_user_id:1", "/api/v1/users/sis_user_id:",
    "/api/v1/accounts/x"])
def test_what_names_nothing_is_404(send, path):
    assert send("GET", path).status_code == 404


def test_a_form_may_write_truth_and_ids_as_canvas_does(send):
    for text, truth in [("t", True), ("no", False), ("1", True), ("OFF", False)]:
        made = send("POST", "/api/v1/accounts/self/courses", data={"course[name]": "Truth", "course[is_public]": text})
        assert made.json()["is_public"] is truth
    assert send("POST", "/api/v1/accounts/self/courses", data={"course[is_public]": "maybe"}).status_code == 400


def test_a_repeated_request_gets_the_first_answer(send):
    def create(key, name):
        return send("POST", "/api/v1/accounts/self/courses", data={"course[name]": name},
                    headers={"Idempotency-Key": key})
    first, again = create("key-1", "Once"), create("key-1", "Once")
    assert first.json() == again.json() and again.headers["Idempotency-Replayed"] == "true"
    assert create("key-1", "Twice").status_code == 422
    assert create("key-2", "Once").json()["id"] != first.json()["id"]


def test_a_request_says_what_it_cost(send):
    answer = send("GET", "/api/v1/courses")
    assert float(answer.headers["X-Request-Cost"]) > 0 and 0 < float(answer.headers["X-Rate-Limit-Remaining"]) <= 700


def test_brackets_and_bodies_have_bounds(send):
    deep = "a" + "[b]" * 100
    assert send("POST", "/api/v1/accounts/self/courses", data={deep: "1"}).status_code == 400
    assert send("POST", "/api/v1/accounts/self/courses", data={"course[name]": "x" * 10_000_000}).status_code == 413


def test_parameters_may_come_as_a_form_in_parts(demo, send):
    """As Canvas documents it: curl -F 'wiki_page[title]=…'."""
    path = f"/api/v1/courses/{demo.ready['course_id']}/pages"
    answer = send("POST", path, files={"wiki_page[title]": (None, "In parts"), "wiki_page[body]": (None, "<p>ä</p>")})
    assert answer.status_code == 200 and answer.json()["title"] == "In parts" and "ä" in answer.json()["body"]
    refused = send("POST", path, files={"wiki_page[title]": ("name.txt", "a file")})
    assert refused.status_code == 400 and refused.json()["code"] == "malformed_form"


def test_times_without_a_zone_are_utc(root):
    """What canvasapi makes of a datetime that knows no zone."""
    made = root.create_course(course={"name": "Naive", "start_at": datetime.datetime(2026, 9, 1, 10, 30)})
    assert made.start_at == "2026-09-01T10:30:00Z"
