"""Pages, modules, discussions and announcements, through Canvas's own Python client as its documentation says."""

import uuid

import pytest
from canvasapi import exceptions


def unique(name: str) -> str:
    return f"{name} {uuid.uuid4().hex[:8]}"


@pytest.fixture
def school(root, teacher, student):
    """A published course as its teacher sees it, and as a student of it does."""
    made = root.create_course(course={"name": unique("Course"), "course_code": "C-1"}, offer=True)
    active = {"enrollment_state": "active"}
    made.enroll_user(teacher.get_current_user().id, "TeacherEnrollment", enrollment=active)
    made.enroll_user(student.get_current_user().id, "StudentEnrollment", enrollment=active)
    return teacher.get_course(made.id), student.get_course(made.id)


# Pages


def test_a_page_is_made_read_changed_and_removed(school):
    course, seen = school
    page = course.create_page({"title": "Week 1: Cells", "body": "<p>Hi<script>x()</script></p>", "published": True})
    assert (page.url, page.body, page.published) == ("week-1-cells", "<p>Hi</p>", True)
    assert str(page) == "Week 1: Cells (week-1-cells)"
    assert seen.get_page("week-1-cells").title == "Week 1: Cells"
    page.edit(wiki_page={"title": "Cells"})
    assert page.url == "cells" and seen.get_page("week-1-cells").page_id == page.page_id
    assert page.get_parent().id == course.id
    page.delete()
    with pytest.raises(exceptions.ResourceDoesNotExist):
        course.get_page("cells")


def test_a_page_of_blanks_is_refused(school):
    course, _ = school
    with pytest.raises(exceptions.BadRequest, match="title"):
        course.create_page({"title": " \u2003 "})


def test_pages_are_listed_page_by_page(school):
    course, seen = school
    for number in range(5):
        course.create_page({"title": f"Page {number}", "published": number != 2})
    titles = [f"Page {number}" for number in range(5)]
    assert [page.title for page in course.get_pages(per_page=2)] == titles
    assert [page.title for page in course.get_pages(sort="created_at", order="desc", per_page=2)] == titles[::-1]
    assert [page.title for page in course.get_pages(search_term="page 3")] == ["Page 3"]
    assert [page.title for page in course.get_pages(published=False)] == ["Page 2"]
    assert [page.title for page in seen.get_pages()] == [title for title in titles if title != "Page 2"]


def test_students_do_not_see_drafts_and_do_not_write(school):
    course, seen = school
    course.create_page({"title": "Draft"})
    with pytest.raises(exceptions.ResourceDoesNotExist):
        seen.get_page("draft")
    with pytest.raises(exceptions.Forbidden):
        seen.create_page({"title": "Mine"})
    shared = course.create_page({"title": "Wiki", "published": True, "editing_roles": "teachers,students"})
    seen.get_page(shared.url).edit(wiki_page={"body": "<p>Ours</p>"})
    assert course.get_page(shared.url).body == "<p>Ours</p>"


def test_the_front_page_is_shown_and_changed(school):
    course, seen = school
    with pytest.raises(exceptions.ResourceDoesNotExist):
        seen.show_front_page()
    page = course.create_page({"title": "Home", "published": True, "front_page": True})
    assert seen.show_front_page().url == page.url
    course.edit_front_page(wiki_page={"body": "<h2>Welcome</h2>"})
    assert seen.show_front_page().body == "<h2>Welcome</h2>"
    with pytest.raises(exceptions.BadRequest):
        page.delete()


def test_revisions_are_listed_shown_and_taken_back(school):
    course, _ = school
    page = course.create_page({"title": "Log", "body": "one"})
    page.edit(wiki_page={"body": "two"})
    assert [revision.revision_id for revision in page.get_revisions(per_page=1)] == [2, 1]
    assert page.show_latest_revision().body == "two"
    assert page.get_revision_by_id(1).body == "one"
    assert page.revert_to_revision(1).revision_id == 3
    assert course.get_page("log").body == "one"


def test_a_page_without_a_title_is_refused_by_name(school):
    with pytest.raises(exceptions.BadRequest) as refused:
        school[0].create_page({"title": ""})
    assert "title" in str(refused.value)


# Modules


def test_modules_lead_a_student_through_the_course(school):
    course, seen = school
    course.create_page({"title": "Cells", "body": "b", "published": True})
    course.create_page({"title": "Tissue", "body": "b", "published": True})
    first = course.create_module({"name": "First"}).edit(module={"published": True})
    second = course.create_module({"name": "Second", "prerequisite_module_ids": [first.id]})
    second = second.edit(module={"published": True})
    assert (first.position, second.position, second.prerequisite_module_ids) == (1, 2, [first.id])
    item = first.create_module_item(
        {"type": "Page", "page_url": "cells", "completion_requirement": {"type": "must_mark_done"}})
    second.create_module_item({"type": "Page", "page_url": "tissue"})
    assert (item.title, item.type, item.page_url) == ("Cells", "Page", "cells")
    assert [module.state for module in seen.get_modules()] == ["unlocked", "locked"]
    assert seen.get_page("tissue").locked_for_user and not hasattr(seen.get_page("tissue"), "body")
    own = seen.get_module(first.id).get_module_item(item.id)
    assert own.complete().completion_requirement["completed"] is True
    assert [module.state for module in seen.get_modules()] == ["completed", "completed"]
    assert seen.get_page("tissue").body == "b"
    assert own.uncomplete().completion_requirement["completed"] is False
    assert seen.get_module(second.id).state == "locked"
    first.relock()


def test_items_are_added_moved_and_removed(school):
    course, seen = school
    module = course.create_module({"name": "M"}).edit(module={"published": True})
    topic = course.create_discussion_topic(title="Talk")
    wished = [{"type": "SubHeader", "title": "Links"},
              {"type": "ExternalUrl", "title": "Atlas", "external_url": "https://atlas.example/", "new_tab": True},
              {"type": "Discussion", "content_id": topic.id},
              {"type": "ExternalTool", "title": "Lab", "external_url": "https://lab.example/", "content_id": 1}]
    items = [module.create_module_item(wish) for wish in wished]
    assert [item.title for item in module.get_module_items(per_page=2)] == ["Links", "Atlas", "Talk", "Lab"]
    items[3].edit(module_item={"position": 1, "indent": 2})
    assert [item.title for item in module.get_module_items()] == ["Lab", "Links", "Atlas", "Talk"]
    items[1].edit(module_item={"published": True})
    assert [item.title for item in seen.get_module(module.id).get_module_items()] == ["Atlas", "Talk"]
    items[0].delete()
    assert [item.position for item in module.get_module_items()] == [1, 2, 3]
    listed = list(course.get_modules(include=["items", "content_details"]))[0]
    assert len(listed.items) == 3 and listed.items_count == 3
    module.delete()
    assert list(course.get_modules()) == []
    with pytest.raises(exceptions.BadRequest):
        course.create_module({"name": "N"}).create_module_item({"type": "Assignment", "content_id": 9_000_000_000})


def test_modules_never_wait_for_one_another(school):
    course, _ = school
    first = course.create_module({"name": "First"})
    second = course.create_module({"name": "Second", "prerequisite_module_ids": [first.id]})
    with pytest.raises(exceptions.BadRequest) as refused:
        first.edit(module={"prerequisite_module_ids": [second.id]})
    assert "prerequisite_module_ids" in str(refused.value)


# Discussions


def test_a_discussion_is_held(school):
    course, seen = school
    topic = course.create_discussion_topic(title="Why?", message="<p>Say.</p>", discussion_type="threaded")
    own = seen.get_discussion_topic(topic.id)
    assert own.read_state == "unread" and own.message == "<p>Say.</p>"
    entry = topic.post_entry(message="<p>Because.</p>")
    assert own.post_entry(message="Mine").message == "Mine"
    theirs = [one for one in own.get_topic_entries() if one.id == entry.id][0]
    reply = theirs.post_reply(message="Really?")
    assert [one.id for one in theirs.get_replies()] == [reply.id]
    assert [one.message for one in own.get_entries([entry.id, reply.id])] == ["<p>Because.</p>", "Really?"]
    assert theirs.mark_as_read() and seen.get_discussion_topic(topic.id).unread_count == 0
    assert theirs.mark_as_unread() and seen.get_discussion_topic(topic.id).unread_count == 1
    assert own.mark_as_read() and own.mark_entries_as_read() and own.mark_entries_as_unread() and own.mark_as_unread()
    whole = seen.get_full_discussion_topic(topic.id)
    assert whole["view"][0]["replies"][0]["id"] == reply.id and len(whole["participants"]) == 2
    with pytest.raises(exceptions.Forbidden):
        theirs.update(message="x")
    assert entry.update(message="Edited") and entry.delete()
    left = seen.get_full_discussion_topic(topic.id)["view"][0]
    assert left["deleted"] and "message" not in left and left["replies"][0]["id"] == reply.id


def test_discussions_are_changed_listed_and_removed(school):
    course, seen = school
    first, second = (course.create_discussion_topic(title=title) for title in ("B", "A"))
    assert [topic.title for topic in course.get_discussion_topics(order_by="title", per_page=1)] == ["A", "B"]
    second.update(pinned=True, locked=True)
    assert [topic.title for topic in seen.get_discussion_topics()] == ["A", "B"]
    assert [topic.title for topic in seen.get_discussion_topics(scope="unlocked")] == ["B"]
    with pytest.raises(exceptions.Forbidden):
        seen.get_discussion_topic(second.id).post_entry(message="Too late")
    with pytest.raises(exceptions.Forbidden):
        seen.create_discussion_topic(title="Mine")
    assert first.delete()
    assert [topic.title for topic in course.get_discussion_topics()] == ["A"]


def test_who_has_said_nothing_does_not_see_what_others_say(school):
    course, seen = school
    topic = course.create_discussion_topic(title="First you", require_initial_post=True)
    topic.post_entry(message="Mine")
    own = seen.get_discussion_topic(topic.id)
    with pytest.raises(exceptions.Forbidden):
        list(own.get_topic_entries())
    own.post_entry(message="Something")
    assert len(list(own.get_topic_entries())) == 2


def test_announcements_are_those_whose_time_has_come(school, student, teacher):
    course, _ = school
    course.create_discussion_topic(title="Now", message="m", is_announcement=True)
    course.create_discussion_topic(title="Later", is_announcement=True, delayed_post_at="2099-01-01T00:00:00Z")
    course.create_discussion_topic(title="No announcement")
    found = list(student.get_announcements([course.id]))
    assert [one.title for one in found] == ["Now"]
    assert found[0].context_code == f"course_{course.id}" and found[0].get_parent().id == course.id
    assert [one.title for one in teacher.get_announcements([course.id], end_date="2099-02-01")] == ["Later", "Now"]
    assert [one.title for one in course.get_discussion_topics(only_announcements=True)] == ["Later", "Now"]
    with pytest.raises(exceptions.ResourceDoesNotExist):
        list(student.get_announcements(["course_9000000000"]))


@pytest.fixture
def course(school):
    """The course as its teacher sees it."""
    return school[0]


def test_a_discussion_is_followed_by_whoever_says_something_or_wants_to(course, student, teacher):
    topic = course.create_discussion_topic(title="Followed", message="Say.", require_initial_post=True)
    assert topic.subscribed
    mine = student.get_course(course.id).get_discussion_topic(topic.id)
    assert not mine.subscribed and mine.subscription_hold == "initial_post_required"
    with pytest.raises(exceptions.Forbidden):
        mine.subscribe()
    mine.post_entry(message="Here.")
    again = student.get_course(course.id).get_discussion_topic(topic.id)
    assert again.subscribed and not hasattr(again, "subscription_hold")
    again.unsubscribe()
    assert not student.get_course(course.id).get_discussion_topic(topic.id).subscribed
    again.subscribe()
    assert student.get_course(course.id).get_discussion_topic(topic.id).subscribed


def test_entries_are_rated_where_the_topic_lets_one(course, student, teacher):
    topic = course.create_discussion_topic(title="Rated", message="Say.")
    entry = topic.post_entry(message="Something.")
    mine = student.get_course(course.id).get_discussion_topic(topic.id)
    theirs = next(iter(mine.get_topic_entries()))
    with pytest.raises(exceptions.Forbidden):
        theirs.rate(1)
    topic.update(allow_rating=True, sort_by_rating=True)
    assert theirs.rate(1) and theirs.rate(0) and theirs.rate(1)
    seen = next(iter(topic.get_topic_entries()))
    assert (seen.rating_count, seen.rating_sum) == (1, 1)
    view = mine._requester.request("GET", f"courses/{course.id}/discussion_topics/{topic.id}/view").json()
    assert view["entry_ratings"] == {str(entry.id): 1}
    with pytest.raises(exceptions.BadRequest, match="rating"):
        mine._requester.request(
            "POST", f"courses/{course.id}/discussion_topics/{topic.id}/entries/{entry.id}/rating", rating=2)
    topic.update(only_graders_can_rate=True)
    with pytest.raises(exceptions.Forbidden):
        theirs.rate(0)
    assert entry.rate(1)


def test_a_discussion_goes_on_from_a_live_class(course, student):
    made = course._requester.request("POST", f"courses/{course.id}/live_classes", title="Held").json()
    topic = course.create_discussion_topic(title="After the class", live_class_id=made["id"])
    mine = student.get_course(course.id).get_discussion_topic(topic.id)
    assert (mine.live_class_id, mine.live_class_url) == (made["id"], f"/courses/{course.id}/classes/{made['id']}")
    with pytest.raises(exceptions.BadRequest, match="live_class_id"):
        topic.update(live_class_id=made["id"] + 1000)
    assert topic.update(live_class_id="").live_class_id is None
