"""Roles of an account's own and what an account tells, through Canvas's own Python client."""

import uuid

import pytest
from canvasapi import exceptions

CHANGE = "url:PUT|/api/v1/courses/:id"


def test_a_role_has_less_than_its_base(client, root, people):
    label = f"Guest {uuid.uuid4().hex[:8]}"
    role = root.create_role(label, base_role_type="TeacherEnrollment", permissions={CHANGE: {"enabled": False}})
    assert role.label == label and role.permissions[CHANGE]["enabled"] is False
    assert root.get_role(role.id).base_role_type == "TeacherEnrollment"
    assert role.id in [one.id for one in root.get_roles()]
    course = root.create_course(course={"name": "Guests"}, offer=True)
    guest = people["students"][4]
    made = course.enroll_user(guest["id"], enrollment={"role_id": role.id, "enrollment_state": "active"})
    assert made.role == label and made.type == "TeacherEnrollment"
    own = client(guest).get_course(course.id)
    with pytest.raises(exceptions.Forbidden):
        own.update(course={"name": "Mine"})
    assert own.create_page({"title": "Mine"}).title == "Mine"
    root.update_role(role.id, permissions={CHANGE: {"enabled": True}})
    own.update(course={"name": "Ours"})
    assert root.deactivate_role(role.id).workflow_state == "inactive"
    assert role.id not in [one.id for one in root.get_roles()]
    assert root.activate_role(role.id).workflow_state == "active"
    with pytest.raises(exceptions.BadRequest):
        root.create_role(label, base_role_type="StudentEnrollment")


def test_what_an_account_tells_is_seen_and_put_away(student, admin, root):
    made = root.create_notification({
        "subject": "Closed", "message": "<p>On Monday<script>x()</script></p>", "start_at": "2026-01-01T00:00:00Z",
        "end_at": "2126-01-01T00:00:00Z"})
    assert made.message == "<p>On Monday</p>"
    account = type(root)(student._Canvas__requester, {"id": root.id})
    oneself = student.get_current_user()
    assert made.id in [one.id for one in account.get_user_notifications(oneself)]
    assert account.get_global_notification(made.id).subject == "Closed"
    made.update_global_notification({
        "subject": "Open", "message": "Again", "start_at": "2026-01-01T00:00:00Z", "end_at": "2126-01-01T00:00:00Z"})
    assert account.get_global_notification(made.id).subject == "Open"
    account.close_notification_for_user(oneself, made.id)
    assert made.id not in [one.id for one in account.get_user_notifications(oneself)]
    with pytest.raises(exceptions.Forbidden):
        list(account.get_user_notifications(admin.get_current_user()))


def test_a_syllabus_is_safe_and_paths_lead_to_folders(root):
    course = root.create_course(course={"name": "Paths", "syllabus_body": "<p onclick='x()'>Read.</p>"})
    assert course._requester.request("GET", f"courses/{course.id}", _kwargs=[("include[]", "syllabus_body")]).json()[
        "syllabus_body"] == "<p>Read.</p>"
    course.create_folder("slides").create_folder("week 1")
    assert [folder.name for folder in course.resolve_path("slides/week 1")][1:] == ["slides", "week 1"]
    assert len(list(course.resolve_path())) == 1
    with pytest.raises(exceptions.ResourceDoesNotExist):
        list(course.resolve_path("slides/none"))
    assert list(course.get_recent_students()) == []
    module = course.create_module({"name": "Module"})
    with pytest.raises(exceptions.BadRequest):
        module.create_module_item({"type": "File", "content_id": 999_999, "title": "none"})


def test_changes_of_roles_are_in_the_audit_log(admin, root):
    role = root.create_role("Guest lecturer", base_role_type="TeacherEnrollment")
    root.update_role(role.id, label="Lecturer")
    root.deactivate_role(role.id)
    root.activate_role(role.id)
    told = root._requester.request("GET", "audit/events").json()["events"]
    kinds = [event["kind"] for event in told if event["details"].get("role_id") == role.id]
    assert kinds[:4] == ["role.activated", "role.deactivated", "role.changed", "role.created"]
