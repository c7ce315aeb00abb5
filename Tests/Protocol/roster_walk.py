"""Imports of rosters: every operation once, with its refusals, as a list of exchanges."""

import time

USERS = "user_id,login_id,full_name,status\nR1,roster.one@school.example,Rosa One,active\nR2,,Nobody,active\n"
ROOT = "/api/v1/accounts/self/sis_imports"
RUNNING = ("initializing", "created", "importing", "cleanup_batch", "restoring")


def over(check, admin, made, seconds=30):
    """The import once it is over."""
    limit = time.monotonic() + seconds
    while (found := check.send(admin, "GET", f"{ROOT}/{made}", 200))["workflow_state"] in RUNNING:
        if time.monotonic() > limit:
            check.complaints.append(f"the import {made} is still {found['workflow_state']}")
            break
        time.sleep(0.05)
    return found


def walk(check, users):
    """All of it."""
    admin, staff, student = users["admin"], users["instructor"], users["students"][3]
    csv = {"Content-Type": "text/csv"}
    made = check.send(admin, "POST", f"{ROOT}?import_type=instructure_csv", 200, data=USERS, headers=csv)
    if made["workflow_state"] not in ("created", "importing", "imported_with_messages"):
        check.complaints.append(f"a new import is {made['workflow_state']}")
    done = over(check, admin, made["id"])
    if (done["workflow_state"], done["data"]["counts"]["users"], done["processing_errors"]) != (
            "imported_with_messages", 1, [["users.csv", "login_id is empty (row 3)"]]):
        check.complaints.append(f"the import came to {done}")
    check.send(admin, "GET", f"{ROOT}/{made['id']}/errors", 200)
    check.send(admin, "GET", f"{ROOT}?workflow_state[]=imported_with_messages&created_since=2020-01-01", 200)
    check.send(admin, "GET", f"{ROOT}/importing", 200)
    key = {"Idempotency-Key": "roster-once", **csv}
    first = check.send(admin, "POST", ROOT, 200, data=USERS, headers=key)
    again = check.send(admin, "POST", ROOT, 200, data=USERS, headers=key)
    if first["id"] != again["id"]:
        check.complaints.append("a repeated import is another one")
    check.send(admin, "POST", ROOT, 422, data="other", headers=key)
    over(check, admin, first["id"])
    check.send(admin, "POST", ROOT, 200, files={"attachment": ("terms.csv", "term_id,name,status\nR,Roster,active\n")},
               data={"override_sis_stickiness": "true"})
    check.send(admin, "POST", ROOT, 400, files={"other": ("x.csv", "x")})
    check.send(admin, "POST", f"{ROOT}?batch_mode=true&batch_mode_term_id=sis_term_id:none", 400, data=USERS, headers=csv)
    check.send(admin, "POST", f"{ROOT}?change_threshold=0", 400, data=USERS, headers=csv)
    check.send(admin, "POST", f"{ROOT}?extension=xml", 400, data=USERS, headers=csv)
    for who in (staff, student):
        check.send(who, "POST", ROOT, 403, data=USERS, headers=csv)
        check.send(who, "GET", ROOT, 403)
    check.send(admin, "PUT", f"{ROOT}/{made['id']}/abort", 400)
    # One that may not have begun yet, or has: both are answers.
    waiting = check.send(admin, "POST", ROOT, 200, data="\n".join([USERS] + ["x"] * 100_000), headers=csv)["id"]
    check.send(admin, "PUT", f"{ROOT}/{waiting}/abort", (200, 400))
    check.send(admin, "PUT", f"{ROOT}/abort_all_pending", 200)
    progress = check.send(admin, "PUT", f"{ROOT}/{made['id']}/restore_states", 200)
    if over(check, admin, made["id"])["workflow_state"] != "restored":
        check.complaints.append("the import was not restored")
    check.send(admin, "GET", f"/api/v1/progress/{progress['id']}", 200)
    check.send(admin, "PUT", f"{ROOT}/{made['id']}/restore_states", 400)
