"""Students by the hundred, made in the demo's database, because signing a thousand people up by hand is no test."""

from .database import Database
from .demo import Demo
from .live import live_token

MAKE = """
    WITH person AS (
        INSERT INTO people (login)
        SELECT 'crowd-' || n || '@faults.example' FROM generate_series(1, :count) n RETURNING id, login
    ), made AS (
        INSERT INTO users (institution_id, person_id, name, sortable_name, short_name)
        SELECT :institution, id, 'Crowd ' || split_part(split_part(login, '@', 1), '-', 2),
            'Crowd, ' || split_part(split_part(login, '@', 1), '-', 2), 'Crowd' FROM person RETURNING id
    ), role AS (
        INSERT INTO user_roles (institution_id, user_id, role) SELECT :institution, id, 'student' FROM made
    )
    INSERT INTO enrollments (institution_id, course_id, section_id, user_id, type)
    SELECT :institution, :course, (SELECT min(id) FROM sections WHERE course_id = :course), id, 'StudentEnrollment'
    FROM made;
"""


def gather(demo: Demo, database: Database, count: int) -> list[dict]:
    """Makes `count` students of the demo's course; each with `id`, `name` and a `token` for live connections."""
    institution, course = demo.first["id"], demo.ready["course_id"]
    # Without fresh statistics the first plans after a thousand rows out of nowhere are those of an empty table. Tables that
    # are empty now are left alone: they would be known as small until the database looks again by itself.
    database.run(f"{MAKE} ANALYZE people, users, user_roles, enrollments;", count=count, institution=institution, course=course)
    rows = database.rows(
        "SELECT u.id, u.name FROM users u JOIN people p ON p.id = u.person_id "
        "WHERE p.login LIKE 'crowd-%@faults.example' AND u.institution_id = :institution ORDER BY u.id",
        institution=institution)
    return [{**row, "token": token_of(demo, row)} for row in rows]


def token_of(demo: Demo, user: dict, role: str = "student") -> str:
    """A live token of one of the first institution's users."""
    return live_token(demo.ready["token_secret"], demo.first["id"], user, role)
