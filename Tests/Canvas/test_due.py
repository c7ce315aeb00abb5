"""What is to do and what comes next, late policies, and who is there now, through Canvas's own Python client."""

import datetime

import pytest
from canvasapi import exceptions

from Rig.database import Database
from test_course_copies import finished


def moment(**ahead) -> str:
    """A time from now on, as Canvas writes it."""
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


def requester(client):
    return client._Canvas__requester


@pytest.fixture
def course(root, teacher, student):
    """A published course of the demo's instructor and first student, with a quiz that was due, one that will be, and one
    that never is."""
    made = root.create_course(course={"name": "Due", "course_code": "D-1"}, offer=True)
    for who, kind in ((teacher, "Teacher"), (student, "Student")):
        made.enroll_user(who.get_current_user().id, f"{kind}Enrollment", enrollment={"enrollment_state": "active"})
    for title, due in (("Missed", moment(days=-2)), ("Coming", moment(days=2)), ("Long ago", moment(days=-60)), ("Ever", None)):
        made.create_quiz({"title": title, "due_at": due} if due else {"title": title})
    return made


def of(items, course):
    return [item for item in items if item.course_id == course.id]


def test_a_student_is_told_what_to_hand_in_and_what_was_missed(course, student):
    todo = of(student.get_todo_items(), course)
    assert [(item.type, item.assignment["name"]) for item in todo] == [("submitting", "Missed"), ("submitting", "Coming")]
    assert todo[0].html_url.endswith(f"/courses/{course.id}/assignments/{todo[0].assignment['id']}")
    mine = type(course)(requester(student), {"id": course.id})
    assert [item.assignment["name"] for item in mine.get_todo_items(per_page=1)] == ["Missed", "Coming"]
    missed = student.get_current_user().get_missing_submissions(course_ids=[course.id], per_page=1)
    assert [assignment.name for assignment in missed] == ["Long ago", "Missed"]


def test_parents_and_admins_see_what_a_student_missed_and_nobody_else_does(course, admin, teacher, student, client, people):
    user = student.get_current_user().id
    assert len(list(admin.get_user(user).get_missing_submissions(course_ids=[course.id]))) == 2
    theirs = type(admin.get_user(user))(requester(teacher), {"id": user})
    with pytest.raises(exceptions.Forbidden):
        list(theirs.get_missing_submissions())


def test_what_was_handed_in_is_to_be_graded_by_staff_and_no_more_to_do(course, teacher, student, demo):
    before = of(student.get_todo_items(), course)
    Database(demo).run("""
        SELECT set_config('cohort.institution', :'institution', true);
        INSERT INTO grade_cells (institution_id, assignment_id, user_id, score, workflow_state, submitted_at, graded_at)
        VALUES (:institution, :assignment, :user, 0, 'pending_review', 1, 1);
    """, institution=demo.first["id"], assignment=before[0].assignment["id"], user=student.get_current_user().id)
    assert [item.assignment["name"] for item in of(student.get_todo_items(), course)] == ["Coming"]
    grading = of(teacher.get_todo_items(), course)
    assert [(item.type, item.assignment["name"], item.needs_grading_count) for item in grading] == [("grading", "Missed", 1)]


def test_classes_and_work_of_the_next_week_are_upcoming_events(course, student, teacher, client, people):
    send = requester(teacher).request
    for title, when in (("Soon", moment(hours=3)), ("Later", moment(days=30)), ("Gone", moment(days=-1))):
        send("POST", f"courses/{course.id}/live_classes", title=title, scheduled_at=when)
    code = f"course_{course.id}"
    events = [event for event in student.get_upcoming_events() if event["context_code"] == code]
    assert [(event["type"], event["title"]) for event in events] == [("event", "Soon"), ("assignment", "Coming")]
    assert events[0]["live_class"]["title"] == "Soon" and events[1]["assignment"]["name"] == "Coming"
    stranger = client(people["students"][1])
    assert [event for event in stranger.get_upcoming_events() if event["context_code"] == code] == []


def test_a_course_has_one_late_policy_which_copies_bring_along(course, root, student):
    with pytest.raises(exceptions.ResourceDoesNotExist):
        course.get_late_policy()
    with pytest.raises(exceptions.ResourceDoesNotExist):
        course.edit_late_policy(late_policy={"late_submission_deduction": 5})
    made = course.create_late_policy(late_policy={"late_submission_deduction_enabled": True, "late_submission_deduction": 12.345})
    assert (made.late_submission_deduction, made.late_submission_interval, made.missing_submission_deduction) == (12.35, "day", 0)
    with pytest.raises(exceptions.BadRequest):
        course.create_late_policy(late_policy={"late_submission_deduction": 5})
    assert course.edit_late_policy(late_policy={"late_submission_interval": "hour"})
    assert (course.get_late_policy().late_submission_interval, course.get_late_policy().late_submission_deduction) == ("hour", 12.35)
    for wrong in ({"late_submission_deduction": 101}, {"late_submission_interval": "week"}):
        with pytest.raises(exceptions.BadRequest, match=next(iter(wrong))):
            course.edit_late_policy(late_policy=wrong)
    with pytest.raises(exceptions.Forbidden):
        type(course)(requester(student), {"id": course.id}).get_late_policy()
    new = root.create_course(course={"name": "Due again"})
    progress = new.create_content_migration("course_copy_importer", settings={"source_course_id": course.id}, date_shift_options={
        "shift_dates": True, "old_start_date": "2026-01-01", "new_start_date": "2026-01-08"}).get_progress()
    assert finished(progress).workflow_state == "completed"
    assert new.get_late_policy().late_submission_deduction == 12.35
    due = {quiz.title: quiz.due_at for quiz in course.get_quizzes()}
    moved = {quiz.title: quiz.due_at for quiz in new.get_quizzes()}
    assert moved["Ever"] is None and moved["Missed"][:10] > due["Missed"][:10]


def test_staff_see_who_is_there_in_the_classes_of_a_course(course, teacher, student):
    told = requester(teacher).request("GET", f"courses/{course.id}/live").json()
    assert (told["course_id"], told["connections"], told["classes"]) == (course.id, 0, [])
    with pytest.raises(exceptions.Forbidden):
        requester(student).request("GET", f"courses/{course.id}/live")


def test_admins_find_the_accounts_that_they_administer(admin, root, teacher):
    school = root.create_subaccount({"name": "School of Lichens"})
    assert [found["id"] for found in admin.search_accounts(name="lichens")] == [school.id]
    assert {"name", "domain", "distance", "authentication_provider"} <= admin.search_accounts(name="lichens")[0].keys()
    assert admin.search_accounts(domain="nowhere.example") == [] and teacher.search_accounts(name="lichens") == []
