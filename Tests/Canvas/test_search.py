"""Search, through Canvas's own Python client as its documentation says."""

import time
import uuid

import pytest
from canvasapi import exceptions


def until(found, limit: float = 60):
    """What is found once the index, which is a moment behind, has it; the limit is for a busy machine."""
    end = time.monotonic() + limit
    while not (value := found()):
        assert time.monotonic() < end, "the index does not get there"
        time.sleep(0.1)
    return value


def results(course, text, **filters):
    """What a course's search finds; nothing while the institution's index is being built."""
    try:
        return list(course.smartsearch(text, **filters))
    except exceptions.CanvasException as error:
        assert "search_unavailable" in str(error) or "not available" in str(error), error
        return []


@pytest.fixture
def course(root, teacher, student):
    """A published course with a teacher and a student."""
    made = root.create_course(course={"name": f"Course {uuid.uuid4().hex[:8]}", "course_code": "C-1"}, offer=True)
    active = {"enrollment_state": "active"}
    made.enroll_user(teacher.get_current_user().id, "TeacherEnrollment", enrollment=active)
    made.enroll_user(student.get_current_user().id, "StudentEnrollment", enrollment=active)
    return made


def test_a_course_is_searched_by_its_words(teacher, student, course):
    desk = teacher.get_course(course.id)
    page = desk.create_page({"title": "Mitochondria", "body": "<p>They <b>power</b> the cell.</p>", "published": True})
    desk.create_page({"title": "Draft", "body": "<p>They power the draft.</p>"})
    desk.create_discussion_topic(title="Who powers whom?", message="<p>Discuss.</p>")
    until(lambda: len(results(desk, "powered")) == 3)
    seat = student.get_course(course.id)
    assert {found.title for found in seat.smartsearch("powered")} == {"Mitochondria", "Who powers whom?"}
    found = list(seat.smartsearch("powered", filter=["pages"]))
    assert [(one.content_type, one.content_id) for one in found] == [("WikiPage", page.page_id)]
    mark = found[0].highlights[0]
    assert found[0].body[mark["start"]:][:mark["length"]] == "power"
    assert found[0].html_url.endswith(f"/courses/{course.id}/pages/{page.url}")
    assert [one.title for one in seat.smartsearch("mitocondria")] == ["Mitochondria"]


def test_results_come_page_by_page(teacher, course):
    desk = teacher.get_course(course.id)
    for number in range(5):
        desk.create_page({"title": f"Osmosis {number}", "body": "<p>Water moves.</p>", "published": True})
    until(lambda: len(results(desk, "osmosis")) == 5)
    assert sorted(one.title for one in desk.smartsearch("osmosis", per_page=2)) == [f"Osmosis {n}" for n in range(5)]


def test_the_catalogue_shows_public_courses(admin, student, course):
    assert course.name not in [one["course"]["name"] for one in student.search_all_courses(search=course.name)]
    course.update(course={"is_public": True})
    until(lambda: [one["course"]["id"] for one in student.search_all_courses(search=course.name)] == [course.id])
    assert student.search_all_courses(search=course.name, open_enrollment_only=True) == []


def test_recipients_are_whom_one_may_see(admin, teacher, student, people, course):
    scope = {"context": f"course_{course.id}", "type": "user"}
    me, instructor = student.get_current_user(), teacher.get_current_user()
    assert [one["id"] for one in student.search_recipients(**scope)] == [instructor.id]
    # A parent looks on where their child is.
    assert {one["id"] for one in teacher.search_recipients(**scope)} == {instructor.id, me.id, people["parent"]["id"]}
    assert student.search_recipients(search=people["students"][1]["name"], **scope) == []
    other = people["students"][1]
    found = until(lambda: admin.search_recipients(search=other["name"], type="user"))
    assert other["id"] in [one["id"] for one in found]
    courses = teacher.search_recipients(search=course.name, type="context")
    assert [one["id"] for one in courses] == [f"course_{course.id}"]


def test_a_course_has_its_language(teacher, course):
    course.update(course={"locale": "de"})
    desk = teacher.get_course(course.id)
    desk.create_page({"title": "Wohnen", "body": "<p>In den Häusern wohnen Leute.</p>", "published": True})
    until(lambda: [one.title for one in results(desk, "Haus")] == ["Wohnen"])
