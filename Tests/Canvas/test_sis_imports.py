"""Imports from the student information system, through Canvas's own Python client as its documentation says."""

import io
import time
import uuid
import zipfile

import pytest
from canvasapi import exceptions


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def bring(root, tmp_path):
    """Imports files by their names and waits for the end."""
    def bring(files: dict[str, str], **options):
        path = tmp_path / "sis.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return over(root, root.create_sis_import(str(path), **options))
    return bring


WAITING = ("initializing", "created")


def past(states, root, made, limit: float = 30):
    """The import, once it is in none of these states."""
    end = time.monotonic() + limit
    while (found := root.get_sis_import(made.id)).workflow_state in states:
        assert time.monotonic() < end, f"the import is still {found.workflow_state}"
        time.sleep(0.05)
    return found


def over(root, made, limit: float = 30):
    return past((*WAITING, "importing", "cleanup_batch", "restoring"), root, made, limit)


@pytest.fixture
def school():
    """Ids of a course and two users that nobody else has, and their files."""
    course, one, two = unique("course"), unique("one"), unique("two")
    return course, one, two, {
        "users.csv": "user_id,login_id,full_name,status\n"
                     f"{one},{one}@school.example,\"Lovelace, Ada\",active\n{two},{two}@school.example,Bob,active\n",
        "courses.csv": f"course_id,short_name,long_name,status\n{course},SIS-1,By import,published\n",
        "enrollments.csv": f"course_id,user_id,role,status\n{course},{one},teacher,active\n{course},{two},student,active\n",
    }


def test_a_school_is_brought_in_and_found_by_its_ids(admin, root, bring, school):
    course, one, two, files = school
    done = bring(files)
    assert done.workflow_state == "imported" and done.progress == 100
    assert done.data["supplied_batches"] == ["user", "course", "enrollment"]
    assert done.statistics["Enrollment"]["created"] == 2 and done.statistics["total_state_changes"] == 6
    made = admin.get_course(course, use_sis_id=True)
    assert made.name == "By import" and made.workflow_state == "available"
    assert admin.get_user(one, "sis_user_id").name == "Lovelace, Ada"
    assert sorted(user.sis_user_id for user in made.get_users()) == sorted([one, two])
    assert done.id in [found.id for found in root.get_sis_imports()]
    assert list(root.get_sis_imports_running()) == []
    again = bring(files)
    assert again.statistics["total_state_changes"] == 0 and again.statistics["User"]["unchanged"] == 2


def test_a_file_handle_will_do_and_wrong_rows_are_named(root):
    text = io.BytesIO(b"user_id,login_id,full_name,status\n,nobody,Nobody,active\n")
    text.name = "users.csv"
    done = over(root, root.create_sis_import(text, override_sis_stickiness=True))
    assert done.workflow_state == "imported_with_messages" and done.override_sis_stickiness is True
    assert done.processing_errors == [["users.csv", "user_id is empty (row 2)"]]


def test_what_was_changed_by_hand_stays(admin, bring, school):
    course, _, _, files = school
    bring(files)
    admin.get_course(course, use_sis_id=True).update(course={"name": "By hand"})
    bring(files)
    assert admin.get_course(course, use_sis_id=True).name == "By hand"
    bring(files, override_sis_stickiness=True)
    assert admin.get_course(course, use_sis_id=True).name == "By import"


def test_batch_mode_removes_what_is_not_mentioned(admin, root, bring, school):
    course, one, two, files = school
    term = unique("term")
    files["terms.csv"] = f"term_id,name,status\n{term},Term,active\n"
    files["courses.csv"] = f"course_id,short_name,long_name,term_id,status\n{course},SIS-1,By import,{term},published\n"
    bring(files)
    left = {"enrollments.csv": f"course_id,user_id,role,status\n{course},{one},teacher,active\n"}
    refused = bring(left, batch_mode=True, batch_mode_term_id=f"sis_term_id:{term}", change_threshold=10)
    assert refused.workflow_state == "aborted"
    done = bring(left, batch_mode=True, batch_mode_term_id=f"sis_term_id:{term}")
    assert done.data["counts"]["batch_enrollments_deleted"] == 1
    assert [user.sis_user_id for user in admin.get_course(course, use_sis_id=True).get_users()] == [one]
    with pytest.raises(exceptions.BadRequest):
        bring(left, batch_mode=True, batch_mode_term_id="sis_term_id:none")


def test_an_import_is_taken_back(admin, root, bring, school):
    course, one, _, files = school
    done = bring(files)
    progress = done.restore_states()
    assert progress.tag == "sis_batch_state_restore"
    assert over(root, done).workflow_state == "restored"
    assert progress.query().workflow_state == "completed"
    with pytest.raises(exceptions.ResourceDoesNotExist):
        admin.get_course(course, use_sis_id=True)
    with pytest.raises(exceptions.BadRequest):
        done.restore_states()


def test_imports_are_aborted(root, bring):
    rows = "".join(f"a{n},a{n}@abort.example,A {n},active\n" for n in range(60_000))
    text = io.BytesIO(("user_id,login_id,full_name,status\n" + rows).encode())
    text.name = "users.csv"
    long = root.create_sis_import(text)
    # What nobody has begun yet would be among the pending.
    past(WAITING, root, long)
    waiting = bring_later(root)
    assert root.abort_sis_imports_pending() is True
    assert root.get_sis_import(waiting.id).workflow_state == "aborted"
    root.get_sis_import(long.id).abort()
    found = over(root, long)
    assert found.workflow_state == "aborted" and found.progress < 100
    with pytest.raises(exceptions.BadRequest):
        found.abort()
    # The next is not kept waiting.
    assert bring({"terms.csv": f"term_id,name,status\n{unique('t')},Term,active\n"}).workflow_state == "imported"


def bring_later(root):
    text = io.BytesIO(f"term_id,name,status\n{unique('t')},Term,active\n".encode())
    text.name = "terms.csv"
    return root.create_sis_import(text)


def test_nobody_else_imports(teacher, root):
    account = type(root)(teacher._Canvas__requester, {"id": root.id})
    with pytest.raises(exceptions.Forbidden):
        list(account.get_sis_imports())
    with pytest.raises(exceptions.Forbidden):
        bring_later(account)


def test_an_admin_of_a_file_may_until_a_file_says_otherwise(admin, teacher, root, bring):
    account, user = unique("account"), unique("user")
    login = admin.get_user(teacher.get_current_user().id).login_id
    made = bring({
        "accounts.csv": f"account_id,parent_account_id,name,status\n{account},,By import,active\n",
        "users.csv": f"user_id,login_id,status\n{user},{login},active\n",
        "admins.csv": f"user_id,account_id,role,status\n{user},{account},AccountAdmin,active\n",
    })
    assert made.workflow_state == "imported" and made.data["supplied_batches"] == ["account", "user", "admin"]
    assert made.statistics["AccountUser"]["created"] == 1
    place = admin.get_account(account, use_sis_id=True)
    assert [one.user["id"] for one in place.get_admins()] == [teacher.get_current_user().id]

    def may() -> bool:
        try:
            return bool(teacher.get_account(place.id).name)
        except (exceptions.Forbidden, exceptions.Unauthorized, exceptions.ResourceDoesNotExist):
            return False

    def wait_for(wanted: bool) -> None:
        # What a node knows of a credential is asked anew within two seconds.
        end = time.monotonic() + 10
        while may() != wanted:
            assert time.monotonic() < end
            time.sleep(0.05)

    wait_for(True)
    gone = bring({"admins.csv": f"user_id,account_id,role,status\n{user},{account},AccountAdmin,deleted\n"})
    assert gone.statistics["AccountUser"]["deleted"] == 1
    wait_for(False)
    assert teacher.get_current_user().id  # The token itself is as good as before.
