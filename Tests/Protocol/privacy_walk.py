"""Reports, exports, erasure and retention: every operation once, with its refusals, as a list of exchanges."""

import io
import time
import zipfile

import requests

REPORTS = "/api/v1/accounts/self/reports"
ERASURES = "/api/v1/accounts/self/erasures"
RETENTION = "/api/v1/accounts/self/retention"


def over(check, who, path, field, ends, seconds=60):
    """What a path shows once a field says that it is over."""
    limit = time.monotonic() + seconds
    while (found := check.send(who, "GET", path, 200))[field] not in ends:
        if time.monotonic() > limit:
            check.complaints.append(f"{path} is still {found[field]}")
            break
        time.sleep(0.05)
    return found


def finished(check, who, path, made):
    """A report's archive, fetched from where it says."""
    done = over(check, who, f"{path}/{made['id']}", "status", ("complete", "error", "aborted"))
    if done["status"] != "complete":
        check.complaints.append(f"the report came to {done}")
        return None, done
    return zipfile.ZipFile(io.BytesIO(requests.get(done["file_url"], timeout=30).content)), done


def reports(check, admin, staff, student):
    """Those of the institution."""
    check.send(admin, "GET", REPORTS, 200)
    for name in ("institution_export", "provisioning_csv"):
        path = f"{REPORTS}/{name}"
        made = check.send(admin, "POST", path, 200, json={})
        archive, done = finished(check, admin, path, made)
        wanted = "manifest.json" if name == "institution_export" else "users.csv"
        if archive is None or wanted not in archive.namelist():
            check.complaints.append(f"{name} has no {wanted}")
        check.send(admin, "GET", path, 200)
        for who in (staff, student):
            check.send(who, "GET", path, 403)
            check.send(who, "POST", path, 403, json={})
        check.send(admin, "DELETE", f"{path}/{done['id']}", 200)
        check.send(admin, "GET", f"{path}/{done['id']}", 404)
    check.send(admin, "POST", f"{REPORTS}/grades", 404, json={})
    check.send(admin, "POST", f"{REPORTS}/provisioning_csv", 400, json={"parameters": {"users": "perhaps"}})


def person(check, admin, student, other):
    """One's own data, and that of others."""
    path = f"/api/v1/users/{student['id']}/data_exports"
    made = check.send(student, "POST", path, 200, json={})
    archive, done = finished(check, student, path, made)
    if archive is None or not {"person.json", "index.html", "tables/users.json"} <= set(archive.namelist()):
        check.complaints.append("an export of a person lacks something")
    check.send(student, "GET", path, 200)
    check.send(admin, "GET", f"{path}/{done['id']}", 404)
    check.send(other, "POST", path, 403, json={})
    check.send(student, "DELETE", f"{path}/{done['id']}", 200)


def erasure(check, admin, staff):
    """Somebody who is new and goes."""
    login = "to-be-erased@school.example"
    user = check.send(admin, "POST", "/api/v1/accounts/self/users", 200,
                      json={"user": {"name": "Erasmus Gone"}, "pseudonym": {"unique_id": login}})
    check.send(admin, "POST", ERASURES, 409, json={"user_id": admin["id"]})
    check.send(admin, "POST", ERASURES, 400, json={})
    check.send(staff, "POST", ERASURES, 403, json={"user_id": user["id"]})
    asked = check.send(admin, "POST", ERASURES, 200, json={"user_id": user["id"]})
    check.send(admin, "POST", f"{ERASURES}/{asked['id']}/confirm", 200, json={})
    done = over(check, admin, f"{ERASURES}/{asked['id']}", "workflow_state", ("completed", "failed"))
    if done["workflow_state"] != "completed":
        check.complaints.append(f"the erasure is {done['workflow_state']}")
    check.send(admin, "POST", f"{ERASURES}/{asked['id']}/confirm", 200, json={})
    check.send(admin, "GET", ERASURES, 200)
    check.send(admin, "GET", f"/api/v1/users/{user['id']}", 404)
    again = check.send(admin, "POST", "/api/v1/accounts/self/users", 200,
                       json={"user": {"name": "Another"}, "pseudonym": {"unique_id": login}})
    if again["id"] == user["id"]:
        check.complaints.append("an erased user has come back")


def walk(check, users):
    """All of it."""
    admin, staff, students = users["admin"], users["instructor"], users["students"]
    reports(check, admin, staff, students[0])
    person(check, admin, students[2], students[3])
    erasure(check, admin, staff)
    check.send(admin, "GET", RETENTION, 200)
    check.send(admin, "PUT", RETENTION, 200, json={"retention": {"export_days": 14}})
    check.send(admin, "PUT", RETENTION, 200, json={"retention": {"export_days": None}})
    check.send(admin, "PUT", RETENTION, 400, json={"retention": {"audit_days": 2}})
    check.send(staff, "GET", RETENTION, 403)
