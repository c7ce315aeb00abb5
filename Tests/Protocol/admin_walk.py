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


def walk(check, users):
    """All of it."""
    many(check, users)
