"""Accounts, users, terms, courses, sections and enrolments, through Canvas's own Python client as its documentation says."""

import time
import uuid

import pytest
from canvasapi import exceptions


def raises(kind, call) -> bool:
    try:
        call()
        return False
    except kind:
        return True


def until(condition, limit: float = 10) -> None:
    """Waits for what becomes so within two seconds; the limit is for a busy machine."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.05)


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def course(root, teacher):
    """A published course with the demo's instructor as its teacher."""
    made = root.create_course(course={"name": unique("Course"), "course_code": "C-1"}, offer=True)
    made.enroll_user(teacher.get_current_user().id, "TeacherEnrollment", enrollment={"enrollment_state": "active"})
    return made


@pytest.fixture
def learner(root):
    """Makes users who can be enrolled."""
    def make(**pseudonym):
        name = unique("learner")
        return root.create_user({"unique_id": f"{name}@school.example", **pseudonym}, user={"name": f"Ada {name}"})
    return make


# Accounts


def test_an_admin_reads_their_accounts_and_nobody_else_does(admin, teacher, root):
    assert [account.id for account in admin.get_accounts()] == [root.id]
    assert root.parent_account_id is None and root.workflow_state == "active"
    assert list(teacher.get_accounts()) == []
    with pytest.raises(exceptions.Forbidden):
        teacher.get_account(root.id)


def test_sub_accounts_are_made_found_renamed_and_removed(admin, root):
    school = root.create_subaccount({"name": unique("School"), "sis_account_id": unique("sis")})
    department = school.create_subaccount({"name": unique("Department")})
    assert department.parent_account_id == school.id and department.root_account_id == root.id
    assert school.id in [one.id for one in root.get_subaccounts()]
    assert department.id not in [one.id for one in root.get_subaccounts()]
    assert department.id in [one.id for one in root.get_subaccounts(recursive=True)]
    assert admin.get_account(school.sis_account_id, use_sis_id=True).id == school.id
    school.update(account={"name": "Renamed"})
    assert admin.get_account(school.id).name == "Renamed"
    with pytest.raises(exceptions.Conflict):
        root.delete_subaccount(school.id) if hasattr(root, "delete_subaccount") else school.delete()
    with pytest.raises(exceptions.BadRequest):
        root.create_subaccount({"name": "Twice", "sis_account_id": school.sis_account_id})


def test_the_admin_of_a_school_manages_its_courses_and_no_others(admin, client, root, people):
    school = root.create_subaccount({"name": unique("School")})
    inside = school.create_course(course={"name": unique("Inside")})
    outside = root.create_course(course={"name": unique("Outside")})
    user = people["students"][20]
    school.create_admin(user["id"])
    assert user["id"] in [one.user["id"] for one in school.get_admins()]
    theirs = client(user)
    assert theirs.get_account(school.id).id == school.id
    assert inside.id in [one.id for one in theirs.get_account(school.id).get_courses()]
    assert theirs.get_course(inside.id).update(course={"name": "By its admin"})
    for forbidden in (lambda: theirs.get_account(root.id), lambda: theirs.get_course(outside.id)):
        with pytest.raises(exceptions.Forbidden):
            forbidden()
    school.delete_admin(user["id"])
    with pytest.raises(exceptions.Forbidden):
        theirs.get_account(school.id)


def test_the_last_admin_stays(root, people):
    with pytest.raises(exceptions.Conflict):
        root.delete_admin(people["admin"]["id"])


def test_roles_are_those_of_canvas(root):
    assert [role.role for role in root.get_roles() if role.workflow_state == "built_in"] == [
        "AccountAdmin", "StudentEnrollment", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment",
        "ObserverEnrollment"]


def test_scopes_are_the_ways_in(root):
    scopes = [scope.scope for scope in root.get_scopes()]
    assert "url:GET|/api/v1/courses/:id" in scopes and len(scopes) == len(set(scopes)) > 50


# Users


def test_a_user_is_made_found_changed_and_removed(admin, client, root):
    login, sis = f"{unique('ada')}@school.example", unique("sis")
    made = root.create_user(
        {"unique_id": login, "sis_user_id": sis, "password": "a long password"},
        user={"name": "Ada King Lovelace", "time_zone": "Europe/London"},
        communication_channel={"type": "email", "address": login})
    assert made.sortable_name == "Lovelace, Ada King" and made.login_id == login and made.email == login
    assert admin.get_user(sis, "sis_user_id").id == made.id
    assert admin.get_user(login, "sis_login_id").id == made.id
    made.edit(user={"short_name": "Ada"})
    assert admin.get_user(made.id).get_profile()["short_name"] == "Ada"
    assert [one.id for one in root.get_users(search_term=sis)] == [made.id]
    with pytest.raises(exceptions.BadRequest) as refused:
        root.create_user({"unique_id": login.upper()})
    assert "unique_id" in str(refused.value)
    with pytest.raises(exceptions.BadRequest):
        root.create_user({"unique_id": f"{unique('b')}@school.example", "sis_user_id": sis})
    root.delete_user(made.id)
    with pytest.raises(exceptions.ResourceDoesNotExist):
        admin.get_user(made.id)


def test_one_reads_and_changes_oneself_and_nobody_else(student, people):
    me = student.get_current_user()
    assert me.id == people["students"][0]["id"] and me.login_id == people["students"][0]["login"]
    assert not hasattr(me, "sis_user_id")
    me.edit(user={"title": "Dr"})
    assert student.get_user("self").get_profile()["title"] == "Dr"
    with pytest.raises(exceptions.Forbidden):
        student.get_user(people["students"][1]["id"])
    with pytest.raises(exceptions.Forbidden):
        me.edit(user={"sis_user_id": "x"})


def test_a_parent_reads_their_child(client, people, demo):
    parent = client(people["parent"])
    child = parent._Canvas__requester.request("GET", "users/self/observees").json()[0]
    assert parent.get_user(child["id"]).name == child["name"]
    assert [one.course_id for one in parent.get_user(child["id"]).get_enrollments()]
    other = next(one for one in people["students"] if one["id"] != child["id"])
    with pytest.raises(exceptions.Forbidden):
        parent.get_user(other["id"])


def test_a_suspended_user_is_out_at_once(admin, client, people):
    user = people["students"][21]
    theirs = client(user)
    assert theirs.get_current_user().id == user["id"]
    admin.get_user(user["id"]).edit(user={"event": "suspend"})
    until(lambda: raises(exceptions.InvalidAccessToken, theirs.get_current_user))
    admin.get_user(user["id"]).edit(user={"event": "unsuspend"})
    until(lambda: not raises(exceptions.InvalidAccessToken, theirs.get_current_user))


# Terms


def test_terms_are_made_listed_changed_and_removed(root):
    sis = unique("term")
    made = root.create_enrollment_term(enrollment_term={
        "name": "Autumn", "start_at": "2026-09-01T00:00:00Z", "end_at": "2027-01-31T00:00:00Z", "sis_term_id": sis})
    assert made.start_at == "2026-09-01T00:00:00Z"
    assert made.id in [term.id for term in root.get_enrollment_terms()]
    assert root.get_enrollment_term(made.id).name == "Autumn"
    assert made.edit(enrollment_term={"name": "Fall"}).name == "Fall"
    with pytest.raises(exceptions.BadRequest):
        made.edit(enrollment_term={"end_at": "2026-01-01T00:00:00Z"})
    inside = root.create_course(course={"name": "In it", "term_id": made.id})
    assert inside.enrollment_term_id == made.id
    with pytest.raises(exceptions.Conflict):
        made.delete()
    inside.delete()
    assert made.delete().workflow_state == "deleted"


# Courses


def test_a_course_goes_through_its_states(admin, root, student, people):
    sis = unique("course")
    made = root.create_course(course={
        "name": "Biology", "course_code": "BIO-1", "sis_course_id": sis, "start_at": "2026-09-01", "time_zone": "UTC"})
    assert made.workflow_state == "unpublished" and made.start_at == "2026-09-01T00:00:00Z"
    assert admin.get_course(sis, use_sis_id=True).id == made.id
    user = people["students"][0]["id"]
    made.enroll_user(user, "StudentEnrollment", enrollment={"enrollment_state": "active"})
    with pytest.raises(exceptions.Forbidden):
        student.get_course(made.id)
    made.update(course={"event": "offer", "name": "Biology I"})
    seen = student.get_course(made.id, include=["term", "teachers", "total_students", "sections"])
    assert seen.name == "Biology I" and seen.term["name"] and seen.total_students == 1 and len(seen.sections) == 1
    assert not hasattr(seen, "sis_course_id")
    made.conclude()
    assert admin.get_course(made.id).workflow_state == "completed"
    made.delete()
    with pytest.raises(exceptions.ResourceDoesNotExist):
        admin.get_course(made.id)
    with pytest.raises(exceptions.BadRequest):
        root.create_course(course={"name": ""})


def test_course_lists_are_filtered_and_paged(admin, root, teacher, course):
    draft = root.create_course(course={"name": unique("Draft")})
    assert [one.id for one in root.get_courses(search_term=draft.name)] == [draft.id]
    assert draft.id in [one.id for one in root.get_courses(published=False)]
    assert draft.id not in [one.id for one in root.get_courses(published=True)]
    teachers = [teacher.get_current_user().id]
    assert course.id in [one.id for one in root.get_courses(by_teachers=teachers)]
    assert course.id in [one.id for one in teacher.get_courses(enrollment_type="teacher", state=["available"])]
    assert course.id not in [one.id for one in teacher.get_courses(enrollment_type="student")]
    everything = [one.id for one in admin.get_courses(per_page=2)]
    assert len(everything) == len(set(everything)) and everything == sorted(everything)


def test_a_course_of_another_institution_is_not_there(client, demo, course):
    stranger = client(demo.ready["institutions"][1]["users"]["admin"])
    with pytest.raises(exceptions.ResourceDoesNotExist):
        stranger.get_course(course.id)


def test_settings_tabs_and_permissions(course, student):
    assert course.update_settings(hide_final_grades=True)["hide_final_grades"] is True
    assert course.get_settings()["hide_final_grades"] is True
    assert "people" in [tab.id for tab in course.get_tabs()]


# Sections and enrolments


def test_sections_are_made_changed_cross_listed_and_removed(admin, root, course, learner):
    section = course.create_course_section(course_section={"name": "Tuesday", "sis_section_id": unique("sec")})
    assert section.id in [one.id for one in course.get_sections()]
    assert admin.get_section(section.sis_section_id, use_sis_id=True).id == section.id
    assert section.edit(course_section={"name": "Wednesday"}).name == "Wednesday"
    user = learner()
    course.enroll_user(user.id, "StudentEnrollment", enrollment={
        "course_section_id": section.id, "enrollment_state": "active"})
    other = root.create_course(course={"name": unique("Other")}, offer=True)
    moved = section.cross_list_section(other.id)
    assert moved.course_id == other.id and moved.nonxlist_course_id == course.id
    assert [one.user_id for one in other.get_enrollments()] == [user.id]
    back = moved.decross_list_section()
    assert back.course_id == course.id and back.nonxlist_course_id is None
    with pytest.raises(exceptions.Conflict):
        section.delete()
    empty = course.create_course_section(course_section={"name": "Empty"})
    empty.delete()
    assert empty.id not in [one.id for one in course.get_sections()]


def test_an_enrolment_goes_through_its_states(admin, client, course, people):
    user = people["students"][22]
    enrollment = course.enroll_user(user["id"], "StudentEnrollment")
    assert enrollment.enrollment_state == "invited" and enrollment.role_id == 2
    theirs = client(user)
    with pytest.raises(exceptions.Forbidden):
        theirs.get_course(course.id)
    assert enrollment.id in [one.id for one in theirs.get_user("self").get_enrollments(state=["invited"])]
    # The client has no call for it: the invitation is accepted as the page does.
    path = f"courses/{course.id}/enrollments/{enrollment.id}/accept"
    assert theirs._Canvas__requester.request("POST", path).json() == {"success": True}
    assert theirs.get_course(course.id).id == course.id
    enrollment.deactivate("conclude")
    # What is over stays to be read.
    assert theirs.get_course(course.id).id == course.id
    enrollment.deactivate("inactivate")
    with pytest.raises(exceptions.Forbidden):
        theirs.get_course(course.id)
    enrollment.reactivate()
    assert theirs.get_course(course.id).id == course.id
    enrollment.deactivate("delete")
    with pytest.raises(exceptions.ResourceDoesNotExist):
        enrollment.reactivate()


@pytest.mark.parametrize("fields, named", [
    ({"type": "StudentEnrollment"}, "user_id"), ({"user_id": "self"}, "type"),
    ({"user_id": "self", "type": "Pupil"}, "type"), ({"user_id": 99999999, "type": "StudentEnrollment"}, "user_id"),
    ({"user_id": "self", "type": "StudentEnrollment", "course_section_id": 99999999}, "course_section_id"),
    ({"user_id": "self", "type": "StudentEnrollment", "associated_user_id": "self"}, "associated_user_id"),
])
def test_a_wrong_enrolment_is_refused_by_the_field(admin, course, fields, named):
    with pytest.raises(exceptions.BadRequest) as refused:
        admin._Canvas__requester.request(
            "POST", f"courses/{course.id}/enrollments", _kwargs=[(f"enrollment[{k}]", v) for k, v in fields.items()])
    assert f"enrollment.{named}" in str(refused.value)


def test_staff_of_one_section_see_and_enrol_its_people_only(client, course, people, learner):
    mine = course.create_course_section(course_section={"name": "Mine"})
    ta = people["students"][23]
    course.enroll_user(ta["id"], "TaEnrollment", enrollment={
        "course_section_id": mine.id, "limit_privileges_to_course_section": True, "enrollment_state": "active"})
    inside, outside = learner(), learner()
    course.enroll_user(inside.id, "StudentEnrollment", enrollment={
        "course_section_id": mine.id, "enrollment_state": "active"})
    hidden = course.enroll_user(outside.id, "StudentEnrollment", enrollment={"enrollment_state": "active"})
    theirs = client(ta).get_course(course.id)
    assert {one.id for one in theirs.get_users(enrollment_type=["student"])} == {inside.id}
    assert {one.user_id for one in theirs.get_enrollments(type=["StudentEnrollment"])} == {inside.id}
    assert [one.id for one in theirs.get_sections()] == [mine.id]
    with pytest.raises(exceptions.ResourceDoesNotExist):
        theirs.get_user(outside.id)
    with pytest.raises(exceptions.Forbidden):
        theirs.enroll_user(outside.id, "StudentEnrollment", enrollment={"course_section_id": hidden.course_section_id})


def test_a_code_enrols_oneself(client, course, people):
    course.update(course={"self_enrollment": True, "self_enrollment_code": unique("join")})
    code = unique("join")
    course.update(course={"self_enrollment_code": code})
    theirs = client(people["students"][24])
    with pytest.raises(exceptions.BadRequest):
        theirs._Canvas__requester.request(
            "POST", f"courses/{course.id}/enrollments", _kwargs=[("enrollment[self_enrollment_code]", "wrong")])
    answer = theirs._Canvas__requester.request(
        "POST", f"courses/{course.id}/enrollments",
        _kwargs=[("enrollment[self_enrollment_code]", code), ("enrollment[user_id]", "self")])
    assert answer.json()["enrollment_state"] == "active"
    assert theirs.get_course(course.id).id == course.id


def test_people_are_sorted_paged_and_searched(course, learner):
    names = {learner().id for _ in range(7)}
    for user in names:
        course.enroll_user(user, "StudentEnrollment", enrollment={"enrollment_state": "active"})
    listed = list(course.get_users(enrollment_type=["student"], per_page=2, include=["enrollments"]))
    assert {one.id for one in listed} == names and len(listed) == 7
    assert [one.sortable_name for one in listed] == sorted(one.sortable_name for one in listed)
    assert all(one.enrollments[0]["type"] == "StudentEnrollment" for one in listed)
    assert [one.id for one in course.get_users(search_term=listed[3].name)] == [listed[3].id]
