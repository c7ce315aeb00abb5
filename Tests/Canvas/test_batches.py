"""What admins do to many at once, through Canvas's own Python client."""

import time

import pytest
from canvasapi import exceptions


def finished(progress, limit: float = 30):
    """The progress once it is over."""
    end = time.monotonic() + limit
    while progress.query().workflow_state in ("queued", "running"):
        assert time.monotonic() < end, f"it is still {progress.workflow_state}"
        time.sleep(0.05)
    return progress


def call(root, method, path, **fields):
    """A call that the client has no method for; its progress."""
    from canvasapi.progress import Progress
    from canvasapi.util import combine_kwargs
    requester = root._requester
    return Progress(requester, requester.request(method, f"accounts/{root.id}/{path}", _kwargs=combine_kwargs(**fields)).json())


def test_many_are_enrolled_in_many(root, people):
    courses = [root.create_course(course={"name": f"Many {n}"}) for n in (1, 2)]
    students = [student["id"] for student in people["students"][:3]]
    done = finished(call(root, "POST", "bulk_enrollment", user_ids=students, course_ids=[one.id for one in courses]))
    assert done.workflow_state == "completed" and done.results == {"enrolled": 6, "errors": []}
    for course in courses:
        # Parents look on where their children are.
        assert sorted(one.user_id for one in course.get_enrollments(type=["StudentEnrollment"])) == sorted(students)
    with pytest.raises(exceptions.BadRequest):
        call(root, "POST", "bulk_enrollment", user_ids=list(range(1, 252)), course_ids=[1, 2])


def test_courses_are_changed_and_put_back(admin, root):
    course = root.create_course(course={"name": "To and fro"}, offer=True)
    done = finished(call(root, "PUT", "courses", course_ids=[course.id], event="delete"))
    assert done.results["updated"] == 1
    with pytest.raises(exceptions.ResourceDoesNotExist):
        admin.get_course(course.id)
    finished(call(root, "PUT", "courses", course_ids=[course.id], event="undelete"))
    assert admin.get_course(course.id).workflow_state == "available"
