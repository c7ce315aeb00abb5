"""Pages, modules and discussions: every operation once, with its refusals, as a list of exchanges."""
import datetime


def pages(check, users, course):
    """Pages with their revisions, and the front page; gives a page's address."""
    staff, student, path = users["instructor"], users["students"][3], f"/api/v1/courses/{course}/pages"
    front = f"/api/v1/courses/{course}/front_page"
    body = "<p>Every living thing is made of <strong>cells</strong>.</p>"
    wish = {"wiki_page": {"title": "Week 1: Cells", "body": body, "published": True}}
    key = {"Idempotency-Key": f"page-of-{course}"}
    made = check.send(staff, "POST", path, 200, json=wish, headers=key)
    if check.send(staff, "POST", path, 200, json=wish, headers=key) != made:
        check.complaints.append("a repeated page is another one")
    check.send(staff, "POST", path, 422, json={"title": "Another"}, headers=key)
    check.send(staff, "POST", path, 400, json={"wiki_page": {"body": "<p>Without a title</p>"}})
    check.send(staff, "POST", path, 400, json={"title": "Two\nlines"})
    check.send(student, "POST", path, 403, json=wish)
    shared = check.send(staff, "POST", path, 200, data={
        "wiki_page[title]": "Glossary", "wiki_page[published]": "1", "wiki_page[editing_roles]": "teachers,students"})
    draft = check.send(staff, "POST", path, 200, json={"title": "Draft"})
    one = f"{path}/{made['url']}"
    check.send(student, "GET", one, 200)
    check.send(student, "GET", f"{path}/{draft['url']}", 404)
    check.send(staff, "GET", f"{path}?sort=updated_at&order=desc&search_term=week&include[]=body", 200)
    check.send(student, "GET", path, 200)
    check.send(staff, "GET", f"{path}?sort=colour", 400)
    check.pages(staff, path)
    renamed = check.send(staff, "PUT", one, 200, json={"wiki_page": {"title": "Cells"}})
    if check.send(student, "GET", one, 200)["url"] != renamed["url"]:
        check.complaints.append("a renamed page is not found by its earlier address")
    check.send(student, "PUT", one, 403, json={"body": "Mine"})
    check.send(student, "PUT", f"{path}/{shared['url']}", 200, json={"body": "<p>Cell: the smallest unit of life</p>"})
    check.send(staff, "GET", front, 404)
    check.send(staff, "PUT", f"{path}/{draft['url']}", 400, json={"wiki_page": {"front_page": True}})
    check.send(staff, "PUT", front, 200, json={"wiki_page": {"title": "Welcome", "body": "<h2>Welcome</h2>"}})
    check.send(student, "GET", front, 200)
    check.send(staff, "DELETE", f"{path}/welcome", 400)
    check.send(staff, "GET", f"{one}/revisions", 200)
    check.send(student, "GET", f"{one}/revisions", 403)
    check.send(student, "GET", f"{one}/revisions/latest", 200)
    check.send(staff, "GET", f"{one}/revisions/1?summary=true", 200)
    check.send(staff, "POST", f"{one}/revisions/1", 200)
    check.send(staff, "POST", f"{one}/revisions/99", 404)
    check.send(staff, "DELETE", f"{path}/{draft['url']}", 200)
    return made["url"]


def discussions(check, users, course):
    """A discussion from its beginning to its end, and an announcement; gives the discussion's id."""
    staff, student, other = users["instructor"], users["students"][3], users["students"][4]
    path = f"/api/v1/courses/{course}/discussion_topics"
    made = check.send(staff, "POST", path, 200, json={
        "title": "What surprised you?", "message": "<p>One thing from this week.</p>", "discussion_type": "threaded",
        "require_initial_post": True})
    check.send(staff, "POST", path, 400, json={"message": "<p>Without a title</p>"})
    check.send(student, "POST", path, 403, json={"title": "Mine"})
    check.send(staff, "POST", path, 200, data={
        "title": "No class on Friday", "message": "The lab is closed.", "is_announcement": "true"})
    one = f"{path}/{made['id']}"
    check.send(student, "GET", one, 200)
    check.send(staff, "PUT", one, 200, json={"pinned": True})
    check.send(staff, "PUT", one, 400, json={"lock_at": "never"})
    first = check.send(staff, "POST", f"{one}/entries", 201, json={"message": "<p>Mitochondria have DNA.</p>"})
    check.send(student, "GET", f"{one}/entries", 403)
    check.send(student, "POST", f"{one}/entries", 400, json={"message": ""})
    mine = check.send(student, "POST", f"{one}/entries", 201, json={"message": "<p>How small they are.</p>"})
    replies = f"{one}/entries/{first['id']}/replies"
    check.send(student, "POST", replies, 201, json={"message": "<p>From their mother alone?</p>"})
    check.send(staff, "POST", f"{one}/entries/{mine['id']}/replies", 201, json={"message": "<p>Ten micrometres.</p>"})
    check.send(student, "GET", f"{one}/entries", 200)
    check.send(student, "GET", replies, 200)
    check.send(student, "GET", f"{one}/entry_list?ids[]={first['id']}&ids[]={mine['id']}", 200)
    check.send(student, "GET", f"{one}/entry_list?ids[]=first", 400)
    check.send(student, "PUT", f"{one}/entries/{mine['id']}", 200, json={"message": "<p>How small cells are.</p>"})
    check.send(student, "PUT", f"{one}/entries/{first['id']}", 403, json={"message": "x"})
    check.send(student, "DELETE", f"{one}/entries/{mine['id']}", 200)
    check.send(student, "GET", f"{one}/view", 200)
    check.send(other, "GET", f"{one}/view", 403)
    for tail in ("read", "read_all", "subscribed", f"entries/{first['id']}/read"):
        check.send(student, "PUT", f"{one}/{tail}", 204)
        check.send(student, "DELETE", f"{one}/{tail}", 204)
    check.send(student, "PUT", f"{one}/entries/{first['id']}/read", 204, json={"forced_read_state": True})
    rating = f"{one}/entries/{first['id']}/rating"
    check.send(student, "POST", rating, 403, json={"rating": 1})
    check.send(staff, "PUT", one, 200, json={"allow_rating": True})
    check.send(student, "POST", rating, 204, json={"rating": 1})
    check.send(student, "POST", rating, 400, json={"rating": 2})
    check.send(staff, "PUT", one, 400, json={"live_class_id": 9_000_000_000})
    check.send(student, "GET", f"{path}?order_by=recent_activity&scope=unlocked,pinned&search_term=surprised", 200)
    check.send(student, "GET", f"{path}?only_announcements=true&filter_by=unread", 200)
    check.send(student, "GET", f"{path}?order_by=mood", 400)
    check.pages(staff, path)
    check.send(student, "GET", f"/api/v1/announcements?context_codes[]=course_{course}", 200)
    check.send(staff, "GET", f"/api/v1/announcements?context_codes[]=course_{course}&active_only=true", 200)
    check.send(student, "GET", "/api/v1/announcements", 400)
    spare = check.send(staff, "POST", path, 200, json={"title": "Spare"})
    check.send(staff, "DELETE", f"{path}/{spare['id']}", 200)
    check.send(staff, "DELETE", f"{path}/{spare['id']}", 404)
    return made["id"]


def modules(check, users, course, page, topic):
    """Two modules, one after the other, and a student's way through them."""
    staff, student, path = users["instructor"], users["students"][3], f"/api/v1/courses/{course}/modules"
    first = check.send(staff, "POST", path, 200, json={"module": {
        "name": "Week 1", "published": True, "require_sequential_progress": True}})["id"]
    second = check.send(staff, "POST", path, 200, data={
        "module[name]": "Week 2", "module[published]": "1", "module[prerequisite_module_ids][]": str(first)})["id"]
    check.send(staff, "POST", path, 400, json={"module": {"position": 1}})
    check.send(student, "POST", path, 403, json={"name": "Mine"})
    refused = check.send(staff, "PUT", f"{path}/{first}", 400, json={"module": {"prerequisite_module_ids": [second]}})
    if refused["errors"][0].get("field") != "module.prerequisite_module_ids":
        check.complaints.append(f"a circle of prerequisites is reported as {refused['errors'][0]}")
    check.send(staff, "PUT", f"{path}/{second}", 200, json={"module": {"name": "Week 2: Tissues", "position": 99}})
    items = f"{path}/{first}/items"
    reading = check.send(staff, "POST", items, 200, json={"module_item": {
        "type": "Page", "page_url": page, "completion_requirement": {"type": "must_view"}}})["id"]
    link = check.send(staff, "POST", items, 200, data={
        "module_item[type]": "ExternalUrl", "module_item[title]": "An atlas of cells",
        "module_item[external_url]": "https://atlas.example/cells", "module_item[published]": "1",
        "module_item[completion_requirement][type]": "must_mark_done"})["id"]
    check.send(staff, "POST", f"{path}/{second}/items", 200, json={"type": "Discussion", "content_id": topic})
    heading = check.send(staff, "POST", items, 200, json={"type": "SubHeader", "title": "Further reading"})["id"]
    check.send(staff, "POST", items, 400, json={"type": "Quiz", "content_id": 9_000_000_000})
    check.send(staff, "POST", items, 400, json={"type": "Poem"})
    check.send(staff, "PUT", f"{items}/{heading}", 200, json={"module_item": {"indent": 1, "position": 1}})
    check.send(staff, "DELETE", f"{items}/{heading}", 200)
    check.pages(staff, items)
    check.send(student, "GET", f"{path}?include[]=items&include[]=content_details", 200)
    check.send(staff, "GET", f"{path}?student_id={student['id']}", 200)
    check.send(student, "GET", f"{path}?student_id={users['students'][4]['id']}", 403)
    check.send(student, "GET", f"{path}/{first}", 200)
    check.send(student, "GET", f"{items}?include[]=content_details", 200)
    told = check.send(student, "GET", f"/api/v1/courses/{course}/discussion_topics/{topic}", 200)
    if not told["locked_for_user"] or "message" in told:
        check.complaints.append(f"a module that is locked shows {told}")
    check.send(student, "PUT", f"{items}/{link}/done", 403)
    check.send(student, "POST", f"{items}/{reading}/mark_read", 204)
    check.send(student, "PUT", f"{items}/{link}/done", 200)
    check.send(student, "DELETE", f"{items}/{link}/done", 200)
    check.send(staff, "PUT", f"{items}/{link}/done", 403)
    check.send(student, "GET", f"{items}/{reading}", 200)
    check.send(student, "GET", f"/api/v1/courses/{course}/module_item_sequence?asset_type=Page&asset_id={page}", 200)
    check.send(student, "GET", f"/api/v1/courses/{course}/module_item_sequence?asset_type=Poem&asset_id=1", 400)
    check.send(staff, "PUT", f"{path}/{first}/relock", 200)
    check.send(staff, "DELETE", f"{path}/{second}", 200)
    check.send(staff, "DELETE", f"{path}/{second}", 404)


def due(check, users, course):
    """What is to do and what comes next, the late policy, who is there."""
    staff, student, other = users["instructor"], users["students"][3], users["students"][4]
    path = f"/api/v1/courses/{course}"
    soon = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for title, when in (("Cells", soon), ("Earlier", "2026-11-01T00:00:00Z")):
        check.send(staff, "POST", f"{path}/quizzes", 201, json={"quiz": {"title": title, "due_at": when}})
    check.send(staff, "POST", f"{path}/quizzes", 400, json={"quiz": {"title": "Cells", "due_at": "soon"}})
    check.send(staff, "POST", f"{path}/live_classes", 201, json={"title": "Mitosis", "scheduled_at": soon})
    for who in (staff, student):
        for place in ("/api/v1/users/self/todo", f"{path}/todo", "/api/v1/users/self/upcoming_events",
                      "/api/v1/users/self/missing_submissions"):
            check.send(who, "GET", place, 200)
    check.pages(student, "/api/v1/users/self/missing_submissions")
    check.send(student, "GET", "/api/v1/users/self/missing_submissions?course_ids[]=x", 400)
    check.send(other, "GET", f"/api/v1/users/{student['id']}/missing_submissions", 403)
    check.send(staff, "GET", f"{path}/live", 200)
    check.send(student, "GET", f"{path}/live", 403)
    policy = f"{path}/late_policy"
    check.send(staff, "GET", policy, 404)
    check.send(staff, "PATCH", policy, 404, json={})
    fields = {"late_policy": {"late_submission_deduction_enabled": True, "late_submission_deduction": 10}}
    check.send(staff, "POST", policy, 400, json={"late_policy": {"late_submission_interval": "week"}})
    check.send(staff, "POST", policy, 201, json=fields)
    check.send(staff, "POST", policy, 400, json=fields)
    check.send(staff, "PATCH", policy, 204, json={"late_policy": {"late_submission_interval": "hour"}})
    check.send(staff, "GET", policy, 200)
    check.send(student, "GET", policy, 403)


def walk(check, users):
    """All of it, in a course of its own."""
    admin, student, other = users["admin"], users["students"][3], users["students"][4]
    course = check.send(admin, "POST", "/api/v1/accounts/self/courses", 200, json={
        "course": {"name": "Cell Biology"}, "offer": True})["id"]
    for user, kind in ((users["instructor"], "TeacherEnrollment"), (student, "StudentEnrollment"), (other, "StudentEnrollment")):
        check.send(admin, "POST", f"/api/v1/courses/{course}/enrollments", 200, json={"enrollment": {
            "user_id": user["id"], "type": kind, "enrollment_state": "active"}})
    due(check, users, course)
    page = pages(check, users, course)
    modules(check, users, course, page, discussions(check, users, course))
