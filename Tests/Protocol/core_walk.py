"""Accounts, users, terms, courses, sections and enrolments: every operation once, with its refusals, as a list of exchanges."""


def accounts(check, users):
    """Accounts below the root, who administers them, roles and scopes."""
    admin, student, root = users["admin"], users["students"][3], "/api/v1/accounts/self"
    check.send(admin, "GET", "/api/v1/accounts", 200)
    check.send(admin, "GET", root, 200)
    check.send(student, "GET", root, 403)
    check.send(admin, "PUT", root, 200, json={"account": {"default_time_zone": "Europe/London"}})
    check.send(admin, "PUT", root, 400, json={"account": {"default_time_zone": "Nowhere"}})
    school = check.send(admin, "POST", f"{root}/sub_accounts", 200,
                        json={"account": {"name": "School of Science", "sis_account_id": "SCI"}})
    check.send(admin, "POST", f"{root}/sub_accounts", 400, json={"account": {"name": "Twice", "sis_account_id": "SCI"}})
    one = f"/api/v1/accounts/{school['id']}"
    check.send(admin, "POST", f"{one}/sub_accounts", 200, json={"account": {"name": "Department of Biology"}})
    check.send(admin, "GET", f"{root}/sub_accounts?recursive=true&search_term=Biology", 200)
    if [found["name"] for found in check.send(admin, "GET", "/api/v1/accounts/search?name=biology", 200)] != ["Department of Biology"]:
        check.complaints.append("an account is not found by its name")
    check.send(student, "GET", "/api/v1/accounts/search?domain=example", 200)
    check.send(admin, "DELETE", f"{root}/sub_accounts/{school['id']}", 409)
    spare = check.send(admin, "POST", f"{root}/sub_accounts", 200, json={"account": {"name": "Spare"}})
    check.send(admin, "DELETE", f"{root}/sub_accounts/{spare['id']}", 200)
    check.send(admin, "POST", f"{one}/admins", 200, json={"user_id": student["id"]})
    check.send(admin, "POST", f"{one}/admins", 400, json={})
    check.send(student, "GET", f"{one}/admins", 200)
    check.send(student, "POST", f"{root}/users", 403, json={"pseudonym": {"unique_id": "x@school.example"}})
    check.send(admin, "DELETE", f"{one}/admins/{student['id']}", 200)
    check.send(admin, "DELETE", f"{root}/admins/{admin['id']}", 409)
    check.send(admin, "GET", f"{root}/roles", 200)
    check.send(admin, "GET", f"{root}/scopes?per_page=2", 200)
    check.send(admin, "GET", f"{root}/scopes?group_by=resource_name", 200)


def people(check, users):
    """Users of the institution: made, found, changed, removed."""
    admin, student, root = users["admin"], users["students"][3], "/api/v1/accounts/self"
    new = {"pseudonym": {"unique_id": "grace@school.example", "sis_user_id": "S-77", "password": "a long password"},
           "user": {"name": "Grace Hopper", "time_zone": "America/New_York", "roles": ["student"]}}
    made = check.send(admin, "POST", f"{root}/users", 200, json=new)
    check.send(admin, "POST", f"{root}/users", 400, json=new)
    check.send(admin, "POST", f"{root}/users", 400, json={"user": {"name": "Nobody"}})
    check.send(admin, "GET", f"{root}/users?search_term=Hopper", 200)
    check.pages(users["admin"], f"{root}/users?enrollment_type[]=teacher")
    check.send(admin, "GET", "/api/v1/users/sis_user_id:S-77", 200)
    check.send(student, "GET", "/api/v1/users/self/profile", 200)
    check.send(student, "GET", f"/api/v1/users/{made['id']}", 403)
    check.send(student, "PUT", "/api/v1/users/self", 200, json={"user": {"title": "Student assistant"}})
    check.send(student, "PUT", "/api/v1/users/self", 400, json={"user": {"email": "no address"}})
    check.send(student, "PUT", "/api/v1/users/self", 403, json={"user": {"event": "suspend"}})
    check.send(admin, "PUT", f"/api/v1/users/{made['id']}", 200, json={"user": {"event": "suspend"}})
    check.send(admin, "DELETE", f"{root}/users/{made['id']}", 200)
    check.send(admin, "DELETE", f"{root}/users/self", 409)


def terms(check, users):
    """Terms, and the course that holds one."""
    admin, root = users["admin"], "/api/v1/accounts/self"
    fields = {"name": "Autumn 2026", "start_at": "2026-09-01T00:00:00Z", "end_at": "2027-01-31T00:00:00Z",
              "sis_term_id": "2026-A"}
    made = check.send(admin, "POST", f"{root}/terms", 200, json={"enrollment_term": fields})
    check.send(admin, "POST", f"{root}/terms", 400, json={"enrollment_term": fields})
    check.send(admin, "GET", f"{root}/terms?term_name=Autumn", 200)
    check.send(admin, "GET", f"{root}/terms/sis_term_id:2026-A", 200)
    one = f"{root}/terms/{made['id']}"
    check.send(admin, "PUT", one, 200, json={"enrollment_term": {"end_at": "2027-02-14T00:00:00Z"}})
    check.send(admin, "PUT", one, 400, json={"enrollment_term": {"end_at": "2025-02-14T00:00:00Z"}})
    inside = check.send(admin, "POST", f"{root}/courses", 200,
                        json={"course": {"name": "In this term", "term_id": "sis_term_id:2026-A"}})
    check.send(admin, "DELETE", one, 409)
    check.send(admin, "DELETE", f"/api/v1/courses/{inside['id']}", 200, json={"event": "delete"})
    check.send(admin, "DELETE", one, 200)


def courses(check, users):
    """A course from its beginning to its end; gives its id."""
    admin, staff, student = users["admin"], users["instructor"], users["students"][3]
    root = "/api/v1/accounts/self"
    fields = {"name": "Marine Biology", "course_code": "BIO-4", "sis_course_id": "BIO-4", "time_zone": "Europe/London"}
    made = check.send(admin, "POST", f"{root}/courses", 200, json={"course": fields, "offer": True})
    check.send(admin, "POST", f"{root}/courses", 400, json={"course": fields})
    check.send(staff, "POST", f"{root}/courses", 403, json={"course": {"name": "Mine"}})
    check.send(admin, "GET", f"{root}/courses?search_term=Marine&include[]=term&include[]=teachers", 200)
    one = f"/api/v1/courses/{made['id']}"
    check.send(admin, "GET", f"{one}?include[]=term&include[]=sections&include[]=total_students&include[]=account", 200)
    check.send(admin, "PUT", one, 200, json={"course": {"name": "Marine Biology I", "default_view": "modules"}})
    check.send(admin, "PUT", one, 400, json={"course": {"default_view": "sideways"}})
    check.send(admin, "GET", f"{one}/settings", 200)
    check.send(admin, "PUT", f"{one}/settings", 200, json={"hide_final_grades": True})
    check.send(admin, "GET", f"{one}/tabs", 200)
    check.send(admin, "GET", f"{one}/permissions?permissions[]=url:GET|/api/v1/courses/:course_id/users", 200)
    check.send(student, "GET", "/api/v1/users/self/courses?per_page=1", 200)
    check.send(student, "GET", f"{one}/settings", 403)
    return made["id"]


def enrollments(check, users, course):
    """Sections of a course and who is in them."""
    admin, student, other = users["admin"], users["students"][3], users["students"][4]
    one = f"/api/v1/courses/{course}"
    section = check.send(admin, "POST", f"{one}/sections", 200,
                         json={"course_section": {"name": "Tuesdays", "sis_section_id": "BIO-4-TUE"}})
    check.send(admin, "POST", f"{one}/sections", 400, json={"course_section": {"sis_section_id": "BIO-4-TUE"}})
    check.send(admin, "GET", f"{one}/sections?include[]=total_students", 200)
    check.send(admin, "GET", f"{one}/sections/{section['id']}", 200)
    path = f"/api/v1/sections/{section['id']}"
    check.send(admin, "GET", "/api/v1/sections/sis_section_id:BIO-4-TUE", 200)
    check.send(admin, "PUT", path, 200, json={"course_section": {"name": "Wednesdays"}})

    wish = {"user_id": student["id"], "type": "StudentEnrollment"}
    made = check.send(admin, "POST", f"{one}/enrollments", 200, json={"enrollment": wish})
    check.send(admin, "POST", f"{one}/enrollments", 400, json={"enrollment": {"type": "StudentEnrollment"}})
    check.send(student, "POST", f"{one}/enrollments", 403, json={"enrollment": wish})
    check.send(student, "POST", f"{one}/enrollments/{made['id']}/accept", 200)
    check.send(student, "POST", f"{one}/enrollments/{made['id']}/accept", 400)
    invited = check.send(admin, "POST", f"{path}/enrollments", 200,
                         json={"enrollment": {"user_id": other["id"], "type": "TaEnrollment"}})
    check.send(other, "POST", f"{one}/enrollments/{invited['id']}/reject", 200)
    check.send(admin, "POST", f"{path}/enrollments", 200, json={"enrollment": {
        "user_id": other["id"], "type": "StudentEnrollment", "enrollment_state": "active"}})
    check.send(admin, "GET", f"{one}/enrollments?type[]=StudentEnrollment", 200)
    check.send(admin, "GET", f"{path}/enrollments", 200)
    check.send(student, "GET", "/api/v1/users/self/enrollments?per_page=1", 200)
    check.send(admin, "GET", f"/api/v1/accounts/self/enrollments/{made['id']}", 200)
    check.send(admin, "GET", f"{one}/users?include[]=enrollments&enrollment_type[]=student", 200)
    check.send(admin, "GET", f"{one}/search_users?search_term={student['name'].split()[0]}", 200)
    check.send(admin, "GET", f"{one}/users/{student['id']}", 200)
    check.send(student, "GET", f"{one}/users", 403)
    check.send(admin, "DELETE", f"{one}/enrollments/{made['id']}", 200, json={"task": "conclude"})
    check.send(admin, "PUT", f"{one}/enrollments/{made['id']}/reactivate", 200)
    check.send(admin, "PUT", f"{one}/enrollments/{made['id']}/reactivate", 400)

    check.send(admin, "DELETE", path, 409)
    target = check.send(admin, "POST", "/api/v1/accounts/self/courses", 200, json={"course": {"name": "Fish"}})["id"]
    check.send(admin, "POST", f"{path}/crosslist/{target}", 200)
    check.send(admin, "DELETE", f"{path}/crosslist", 200)
    check.send(admin, "DELETE", f"{path}/crosslist", 400)
    empty = check.send(admin, "POST", f"{one}/sections", 200, json={"course_section": {"name": "Empty"}})
    check.send(admin, "DELETE", f"/api/v1/sections/{empty['id']}", 200)

    code = {"self_enrollment": True, "self_enrollment_code": "reef-1234", "self_enrollment_limit": 1}
    check.send(admin, "PUT", one, 200, json={"course": code})
    joining = {"enrollment": {"user_id": "self", "self_enrollment_code": "reef-1234"}}
    check.send(users["students"][5], "POST", f"{one}/enrollments", 200, json=joining)
    check.send(users["students"][7], "POST", f"{one}/enrollments", 409, json=joining)
    wrong = {"enrollment": {"user_id": "self", "self_enrollment_code": "wrong"}}
    check.send(users["students"][6], "POST", f"{one}/enrollments", 400, json=wrong)
    check.send(admin, "DELETE", one, 200, json={"event": "conclude"})


def walk(check, users):
    """All of it."""
    accounts(check, users)
    people(check, users)
    terms(check, users)
    enrollments(check, users, courses(check, users))
