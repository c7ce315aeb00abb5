"""Copies of courses into a new term, through Canvas's own Python client."""

import time

import pytest
from canvasapi import exceptions

from Rig.database import Database


def finished(progress, limit: float = 30):
    """The progress once it is over."""
    end = time.monotonic() + limit
    while progress.query().workflow_state in ("queued", "running"):
        assert time.monotonic() < end, f"it is still {progress.workflow_state}"
        time.sleep(0.05)
    return progress


@pytest.fixture
def old(root, tmp_path):
    """A course with a file, pages, a discussion, a quiz and a module."""
    course = root.create_course(course={"name": "Old"}, offer=True)
    path = tmp_path / "cells.txt"
    path.write_text("cells")
    folder = course.create_folder("slides")
    file_id = folder.upload(str(path))[1]["id"]
    course.create_page({"title": "Second", "published": True})
    page = course.create_page({
        "title": "First", "published": True,
        "body": f'<p><a href="/courses/{course.id}/pages/second">on</a> <a href="/courses/{course.id}/files/{file_id}/download">file</a></p>'})
    topic = course.create_discussion_topic(title="Talk", message="Say something.")
    quiz = course.create_quiz({"title": "Quiz"})
    quiz.create_question(question={
        "question_type": "true_false_question", "question_text": "Is it?", "points_possible": 3,
        "answers": [{"text": "True", "weight": 100}, {"text": "False", "weight": 0}]})
    module = course.create_module({"name": "Module"})
    for kind, content in (("File", file_id), ("Page", page.page_id), ("Discussion", topic.id), ("Quiz", quiz.id)):
        module.create_module_item({"type": kind, "content_id": content, "title": kind})
    return course


def copy(course, old, **more):
    made = course.create_content_migration("course_copy_importer", settings={"source_course_id": old.id}, **more)
    assert finished(made.get_progress()).workflow_state == "completed"
    return course.get_content_migration(made)


def contents(course):
    module = course.get_modules()[0]
    return ([(item.type, item.title) for item in module.get_module_items()],
            sorted(page.title for page in course.get_pages()), [quiz.points_possible for quiz in course.get_quizzes()],
            sorted(file.display_name for file in course.get_files()), [topic.title for topic in course.get_discussion_topics()])


def test_a_course_is_copied_and_its_links_lead_to_the_copies(root, old):
    new = root.create_course(course={"name": "New"})
    done = copy(new, old)
    assert done.workflow_state == "completed" and done.migration_issues_count == 0
    assert list(done.get_migration_issues()) == []
    assert contents(new) == contents(old)
    file = new.get_files()[0]
    assert file.id != old.get_files()[0].id and file.get_contents() == "cells"
    assert f'/courses/{new.id}/files/{file.id}/download' in new.get_page("first").body
    assert f'/courses/{new.id}/pages/second' in new.get_page("first").body
    item = next(item for item in new.get_modules()[0].get_module_items() if item.type == "File")
    assert item.content_id == file.id
    assert [found.id for found in new.get_content_migrations()] == [done.id]
    assert [kind.type for kind in new.get_migration_systems()] == ["course_copy_importer"]
    assert done.get_parent().id == new.id


def test_a_second_copy_makes_no_doubles(root, old):
    new = root.create_course(course={"name": "New"})
    copy(new, old)
    before = contents(new)
    copy(new, old)
    assert contents(new) == before and len(list(new.get_modules())) == 1
    assert new.get_files()[0].get_contents() == "cells"


def test_what_is_selected_is_copied_alone(root, old):
    new = root.create_course(course={"name": "New"})
    copy(new, old, select={"pages": [old.get_page("second").page_id]})
    assert [page.title for page in new.get_pages()] == ["Second"]
    assert list(new.get_modules()) == [] and list(new.get_files()) == []


def test_what_leads_nowhere_is_an_issue(root, old):
    new = root.create_course(course={"name": "New"})
    done = copy(new, old, select={"pages": [old.get_page("first").page_id]})
    issues = list(done.get_migration_issues())
    assert len(issues) == 1 and issues[0].issue_type == "warning"
    assert done.get_migration_issue(issues[0].id).description == issues[0].description
    assert issues[0].update(workflow_state="resolved") and issues[0].workflow_state == "resolved"


def test_nobody_else_copies(teacher, old, demo):
    course = teacher.get_course(demo.ready["course_id"])
    with pytest.raises(exceptions.Forbidden):
        course.create_content_migration("course_copy_importer", settings={"source_course_id": old.id})


def test_a_quota_is_respected(root, old, demo):
    new = root.create_course(course={"name": "Small"})
    Database(demo).run("""
        SELECT set_config('cohort.institution', :'institution', true);
        INSERT INTO content_usage (institution_id, course_id, quota_bytes) VALUES (:institution, :course, 1);
    """, institution=demo.first["id"], course=new.id)
    done = copy(new, old)
    assert list(new.get_files()) == []
    issues = {issue.source_type: issue for issue in done.get_migration_issues()}
    assert issues["file"].issue_type == "error" and "quota" in issues["file"].description
    assert set(issues) == {"file", "item", "page"}
