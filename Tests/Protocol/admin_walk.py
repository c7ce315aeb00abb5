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


def walk(check, users):
    """All of it."""
    many(check, users)
    copies(check, users)
