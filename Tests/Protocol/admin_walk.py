"""What an institution's admins do to many at once, and in the background, as a list of exchanges."""

import time


def finished(check, who, progress, seconds=30):
    """What came of a progress, once it is over."""
    limit = time.monotonic() + seconds
    while (found := check.send(who, "GET", f"/api/v1/progress/{progress['id']}", 200))["workflow_state"] in ("queued", "running"):
        if time.monotonic() > limit:
            check.complaints.append(f"the progress {progress['id']} is still {found['workflow_state']}")
            break
        time.sleep(0.05)
    return found["results"] or {}


def many(check, users):
    """Enrolling many, and changing many courses."""
    admin, staff, root = users["admin"], users["instructor"], "/api/v1/accounts/self"
    courses = [check.send(admin, "POST", f"{root}/courses", 200, json={"course": {"name": f"Batch {n}"}})["id"] for n in (1, 2)]
    people = [student["id"] for student in users["students"][:2]]
    wish = {"user_ids": people, "course_ids": courses}
    key = {"Idempotency-Key": "enrol-many-once"}
    made = check.send(admin, "POST", f"{root}/bulk_enrollment", 200, json=wish, headers=key)
    if check.send(admin, "POST", f"{root}/bulk_enrollment", 200, json=wish, headers=key)["id"] != made["id"]:
        check.complaints.append("a repeated enrolment of many is another one")
    check.send(admin, "POST", f"{root}/bulk_enrollment", 422, json={**wish, "user_ids": people[:1]}, headers=key)
    if finished(check, admin, made) != {"enrolled": 4, "errors": []}:
        check.complaints.append("not all were enrolled")
    some = check.send(admin, "POST", f"{root}/bulk_enrollment", 200, data={
        "user_ids[]": [people[0], "sis_user_id:none"], "course_ids[]": courses[:1], "enrollment_type": "TaEnrollment"})
    if len(finished(check, admin, some).get("errors", [])) != 1:
        check.complaints.append("who is not there was enrolled")
    check.send(admin, "POST", f"{root}/bulk_enrollment", 400, json={"user_ids": list(range(1, 502)), "course_ids": courses})
    check.send(staff, "POST", f"{root}/bulk_enrollment", 403, json=wish)
    for event, updated in (("delete", 2), ("undelete", 2), ("offer", 2), ("conclude", 2)):
        made = check.send(admin, "PUT", f"{root}/courses", 200, json={"course_ids": courses, "event": event})
        if finished(check, admin, made).get("updated") != updated:
            check.complaints.append(f"{event} did not reach all courses")
    check.send(admin, "PUT", f"{root}/courses", 400, json={"course_ids": courses, "event": "burn"})
    check.send(staff, "PUT", f"{root}/courses", 403, json={"course_ids": courses, "event": "offer"})


def copies(check, users):
    """Copies of courses."""
    admin, staff, student, root = users["admin"], users["instructor"], users["students"][0], "/api/v1/accounts/self"
    old, new = (check.send(admin, "POST", f"{root}/courses", 200, json={"course": {"name": name}})["id"] for name in ("Old", "New"))
    for title, body in (("Week 1", f'<a href="/courses/{old}/pages/week-2">on</a>'), ("Week 2", f'<a href="/courses/{old}/pages/none">x</a>')):
        check.send(admin, "POST", f"/api/v1/courses/{old}/pages", 200,
                   json={"wiki_page": {"title": title, "body": body, "published": True}})
    place = f"/api/v1/courses/{new}/content_migrations"
    wish = {"migration_type": "course_copy_importer", "settings": {"source_course_id": old}}
    check.send(admin, "GET", f"{place}/migrators", 200)
    key = {"Idempotency-Key": "copy-once"}
    made = check.send(admin, "POST", place, 200, json=wish, headers=key)
    if check.send(admin, "POST", place, 200, json=wish, headers=key)["id"] != made["id"]:
        check.complaints.append("a repeated copy is another one")
    check.send(admin, "POST", place, 422, json={**wish, "select": {}}, headers=key)
    copied = finished(check, admin, {"id": made["progress_url"].rsplit("/", 1)[1]}).get("copied", {})
    if copied.get("page") != 2:
        check.complaints.append(f"not all was copied: {copied}")
    body = check.send(admin, "GET", f"/api/v1/courses/{new}/pages/week-1", 200)["body"]
    if f"/courses/{new}/pages/week-2" not in body:
        check.complaints.append(f"a link was not rewritten: {body}")
    check.send(admin, "GET", place, 200)
    if check.send(admin, "GET", f"{place}/{made['id']}", 200)["workflow_state"] != "completed":
        check.complaints.append("the copy is not completed")
    issues = check.send(admin, "GET", f"{place}/{made['id']}/migration_issues", 200)
    issue = f"{place}/{made['id']}/migration_issues/{issues[0]['id']}"
    check.send(admin, "GET", issue, 200)
    check.send(admin, "PUT", issue, 200, json={"workflow_state": "resolved"})
    check.send(admin, "PUT", issue, 400, json={"workflow_state": "burnt"})
    check.send(admin, "POST", place, 400, json={**wish, "settings": {"source_course_id": new}})
    check.send(admin, "POST", place, 400, json={"migration_type": "zip_file_importer"})
    check.send(admin, "POST", place, 400, json={**wish, "date_shift_options": {"shift_dates": True}})
    for who in (staff, student):
        check.send(who, "POST", place, 403, json=wish)
        check.send(who, "GET", place, 403)


def roles(check, users):
    """Roles of an account's own, and who has one."""
    admin, staff, root = users["admin"], users["instructor"], "/api/v1/accounts/self"
    place, change = f"{root}/roles", "url:PUT|/api/v1/courses/:id"
    made = check.send(admin, "POST", place, 200, json={
        "label": "Guest teacher", "base_role_type": "TeacherEnrollment", "permissions": {change: {"enabled": False}}})
    if made["permissions"][change] != {"enabled": False, "locked": False, "readonly": False, "explicit": True}:
        check.complaints.append(f"the role may what was taken from it: {made['permissions'][change]}")
    one = f"{place}/{made['id']}"
    check.send(admin, "GET", one, 200)
    check.send(admin, "GET", f"{place}/3", 200)
    check.send(admin, "PUT", f"{place}/3", 400, json={"label": "Boss"})
    check.send(admin, "POST", place, 400, json={"label": "Guest teacher", "base_role_type": "TeacherEnrollment"})
    check.send(admin, "POST", place, 400, json={
        "label": "Head boy", "base_role_type": "StudentEnrollment", "permissions": {change: {"enabled": True}}})
    check.send(staff, "POST", place, 403, json={"label": "Mine", "base_role_type": "TeacherEnrollment"})
    course = check.send(admin, "POST", f"{root}/courses", 200, json={"course": {"name": "Guests"}, "offer": True})["id"]
    enrolled = check.send(admin, "POST", f"/api/v1/courses/{course}/enrollments", 200, json={
        "enrollment": {"user_id": staff["id"], "role_id": made["id"], "enrollment_state": "active"}})
    if (enrolled["role"], enrolled["type"]) != ("Guest teacher", "TeacherEnrollment"):
        check.complaints.append(f"the enrolment has another role: {enrolled}")
    check.send(staff, "PUT", f"/api/v1/courses/{course}", 403, json={"course": {"name": "Mine"}})
    check.send(admin, "PUT", one, 200, json={"permissions": {change: {"enabled": True}}})
    check.send(staff, "PUT", f"/api/v1/courses/{course}", 200, json={"course": {
        "name": "Ours", "syllabus_body": "<p onclick='x()'>Read.</p>"}})
    shown = check.send(staff, "GET", f"/api/v1/courses/{course}?include[]=syllabus_body", 200)
    if shown["syllabus_body"] != "<p>Read.</p>":
        check.complaints.append(f"the syllabus is {shown['syllabus_body']}")
    check.send(admin, "DELETE", one, 200)
    if made["id"] in [role["id"] for role in check.send(admin, "GET", f"{place}?per_page=100", 200)]:
        check.complaints.append("a role that is active no more is listed")
    check.send(admin, "GET", f"{place}?state[]=inactive", 200)
    check.send(admin, "POST", f"{one}/activate", 200)
    check.send(staff, "GET", f"/api/v1/courses/{course}/recent_students", 200)
    check.send(admin, "POST", f"/api/v1/courses/{course}/folders", 201, json={"name": "slides"})
    check.send(staff, "GET", f"/api/v1/courses/{course}/folders/by_path", 200)
    path = check.send(staff, "GET", f"/api/v1/courses/{course}/folders/by_path/slides", 200)
    if [folder["name"] for folder in path][1:] != ["slides"]:
        check.complaints.append(f"the path leads to {path}")
    check.send(staff, "GET", f"/api/v1/courses/{course}/folders/by_path/none", 404)


def notifications(check, users):
    """What an account tells its people."""
    admin, student, root = users["admin"], users["students"][0], "/api/v1/accounts/self"
    place = f"{root}/account_notifications"
    wish = {"account_notification": {"subject": "Closed", "message": "<p>On <b>Monday</b><script>x()</script></p>",
                                     "start_at": "2026-01-01T00:00:00Z", "end_at": "2126-01-01T00:00:00Z"}}
    made = check.send(admin, "POST", place, 200, json=wish)
    one = f"{place}/{made['id']}"
    if made["message"] != "<p>On <b>Monday</b></p>":
        check.complaints.append(f"the message is {made['message']}")
    check.send(admin, "POST", place, 400, json={"account_notification": {"subject": "No end"}})
    check.send(student, "POST", place, 403, json=wish)
    check.send(admin, "PUT", one, 200, json={"account_notification": {"icon": "calendar"}})
    check.send(admin, "GET", f"{place}?include_all=true", 200)
    check.send(student, "GET", f"{place}?include_all=true", 403)
    check.send(student, "GET", one, 200)
    check.send(student, "GET", place, 200)
    own = f"{root}/users/self/account_notifications"
    if made["id"] not in [item["id"] for item in check.send(student, "GET", own, 200)]:
        check.complaints.append("the notification is not seen")
    check.send(student, "DELETE", f"{own}/{made['id']}", 200)
    if made["id"] in [item["id"] for item in check.send(student, "GET", own, 200)]:
        check.complaints.append("what was put away is seen")
    check.send(admin, "DELETE", f"{one}?remove=true", 200)
    check.send(student, "GET", one, 404)


def walk(check, users):
    """All of it."""
    roles(check, users)
    notifications(check, users)
    many(check, users)
    copies(check, users)
