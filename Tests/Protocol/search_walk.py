"""Search: every operation once, with its refusals, as a list of exchanges."""
import time


def until(found, limit=60):
    """Waits until the index, which is a moment behind, has what it should; gives it."""
    end = time.monotonic() + limit
    while not (value := found()):
        if time.monotonic() > end:
            raise TimeoutError("the index does not get there")
        time.sleep(0.2)
    return value


def rebuild(check, users):
    """The index is built anew by the institution's administrator."""
    path = "/api/v1/accounts/self/search/rebuild"
    check.send(users["instructor"], "POST", path, 403)
    made = check.send(users["admin"], "POST", path, 200)
    progress = f"/api/v1/progress/{made['id']}"
    until(lambda: check.send(users["admin"], "GET", progress, 200)["workflow_state"] == "completed")


def contents(check, users):
    """What is in a course."""
    staff, student = users["instructor"], users["students"][0]
    course = check.send(users["admin"], "POST", "/api/v1/accounts/self/courses", 200,
                        json={"course": {"name": "Mosses", "locale": "en"}, "offer": True})["id"]
    for who, kind in ((staff, "TeacherEnrollment"), (student, "StudentEnrollment")):
        check.send(users["admin"], "POST", f"/api/v1/courses/{course}/enrollments", 200, json={"enrollment": {
            "user_id": who["id"], "type": kind, "enrollment_state": "active"}})
    path = f"/api/v1/courses/{course}"
    check.send(users["admin"], "PUT", path, 400, json={"course": {"locale": "no language"}})
    for title, published in (("Peat moss", True), ("Hidden moss", False)):
        check.send(staff, "POST", f"{path}/pages", 200, json={"wiki_page": {
            "title": title, "body": "<p>Peat mosses hold twenty times their weight in water.</p>", "published": published}})
    check.send(staff, "POST", f"{path}/discussion_topics", 200,
               json={"title": "Where does it grow?", "message": "<p>Moss, of course.</p>"})
    find = f"{path}/smartsearch"
    until(lambda: len(check.send(staff, "GET", f"{find}?q=moss", (200, 503)).get("results", [])) == 3)
    found = check.send(student, "GET", f"{find}?q=holding&filter[]=pages", 200)["results"]
    if [one["title"] for one in found] != ["Peat moss"]:
        check.complaints.append(f"a student finds {found}")
    for one in found:
        for mark in one["highlights"]:
            if one["body"][mark["start"]:][:mark["length"]] != "hold":
                check.complaints.append(f"{mark} marks something else in {one['body']}")
    check.send(student, "GET", f"{find}?q=peet%20mosss", 200)
    check.send(student, "GET", f"{find}?q=%22unclosed%20%26%20(%7C", 200)
    check.send(student, "GET", find, 400)
    check.send(student, "GET", f"{find}?q=moss&filter[]=planets", 400)
    check.send(users["students"][5], "GET", f"{find}?q=moss", 403)
    return course


def names(check, users, course):
    """Courses and people."""
    admin, staff, student = users["admin"], users["instructor"], users["students"][0]
    check.send(admin, "PUT", f"/api/v1/courses/{course}", 200, json={"course": {"is_public": True}})
    courses = "/api/v1/search/all_courses"
    until(lambda: check.send(student, "GET", f"{courses}?search=moss", 200))
    check.pages(student, f"{courses}?public_only=true")
    check.send(student, "GET", f"{courses}?open_enrollment_only=perhaps", 400)
    people = "/api/v1/search/recipients"
    if not check.send(staff, "GET", f"{people}?context=course_{course}&type=user", 200):
        check.complaints.append("staff find nobody in their course")
    others = users["students"][1]["name"].split()[-1]
    if check.send(student, "GET", f"{people}?search={others}&type=user&context=course_{course}", 200):
        check.complaints.append("a student finds a fellow student")
    check.send(admin, "GET", f"{people}?search={others}", 200)
    check.send(staff, "GET", f"{people}?search=Moss&type=context", 200)
    check.send(staff, "GET", f"{people}?search=Moss&exclude[]=course_{course}&exclude[]={student['id']}", 200)
    check.send(staff, "GET", f"{people}?context=planet_1", 400)
    check.send(staff, "GET", f"{people}?page=2", 400)
    check.pages(staff, f"{people}?type=user")


def walk(check, users):
    """All of it."""
    check.send(users["admin"], "PUT", "/api/v1/accounts/self", 200, json={"account": {"default_locale": "en-GB"}})
    check.send(users["admin"], "PUT", "/api/v1/accounts/self", 400, json={"account": {"default_locale": "x"}})
    rebuild(check, users)
    names(check, users, contents(check, users))
