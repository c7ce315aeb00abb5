"""The whiteboard: drawn by one, seen by all, taken back, cleared, and given to some."""

from playwright.sync_api import expect

from visitors import INK

WAVE = [(200 + 12 * step, 200 + 40 * (step % 2)) for step in range(16)]


def let_everyone_draw(teacher):
    """Presses the instructor's switch, whatever it was before."""
    teacher.page.get_by_role("group", name="Draw").get_by_role("button", name="All").click()


def test_a_stroke_is_seen_while_it_is_drawn_and_when_it_is_finished(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.choose_tool("Pen")
    teacher.begin_stroke(WAVE)
    ada.sees_ink("live", *WAVE[2])
    expect(ada.elements).to_have_count(0)
    teacher.page.mouse.up()
    expect(ada.elements).to_have_count(1)
    expect(ada.elements.first).to_contain_text("Stroke")
    ada.sees_ink("still", *WAVE[2])
    late = arrive(cast["students"][1]).enter(lesson)
    expect(late.elements).to_have_count(1)
    late.sees_ink("still", *WAVE[2])


def test_what_came_with_the_snapshot_leaves_nothing_where_it_was(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.draw("Line", [(200, 200), (320, 200)])
    expect(teacher.elements).to_have_count(1)
    late = arrive(cast["students"][0]).enter(lesson)
    late.sees_ink("still", 260, 200)
    teacher.draw("Line", [(600, 400), (720, 400)])
    late.sees_ink("still", 660, 400)
    teacher.choose_tool("Select and move")
    teacher.begin_stroke([(260, 200), (260, 300)])
    teacher.page.mouse.up()
    late.sees_ink("still", 260, 300)
    late.page.wait_for_function(f"(place) => !({INK})(place)", arg=["still", 260, 200])


def test_shapes_and_texts_are_drawn_taken_back_and_done_again(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    let_everyone_draw(teacher)
    expect(ada.page.get_by_role("radio", name="Pen", exact=True)).to_be_visible()
    ada.draw("Line", [(120, 120), (260, 180)])
    ada.draw("Rectangle", [(300, 120), (420, 200)])
    teacher.draw("Ellipse", [(460, 120), (560, 200)])
    ada.choose_tool("Text")
    ada.page.mouse.click(*ada.place(200, 320))
    ada.page.keyboard.type("A v = λ v")
    ada.page.keyboard.press("Escape")
    expect(teacher.elements).to_have_count(4)
    expect(teacher.elements.last).to_contain_text("A v = λ v")
    ada.page.get_by_role("button", name="Undo").click()
    expect(teacher.elements).to_have_count(3)
    ada.page.get_by_role("button", name="Undo").click()
    expect(teacher.elements).to_have_count(2)
    expect(teacher.elements.last).to_contain_text("Ellipse")
    ada.page.get_by_role("button", name="Redo").click()
    expect(teacher.elements).to_have_count(3)
    expect(ada.elements).to_have_count(3)


def test_elements_are_moved_and_erased(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.draw("Rectangle", [(200, 200), (320, 280)])
    expect(ada.elements).to_have_count(1)
    ada.sees_ink("still", 200, 240)
    teacher.draw("Select and move", [(200, 240), (400, 240)])
    ada.sees_ink("still", 400, 240)
    teacher.page.keyboard.press("Escape")
    teacher.draw("Eraser", [(380, 220), (420, 260)])
    expect(ada.elements).to_have_count(0)
    teacher.page.get_by_role("button", name="Undo").click()
    expect(ada.elements).to_have_count(1)


def test_only_the_instructor_clears_the_board(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    let_everyone_draw(teacher)
    ada.draw("Pen", WAVE)
    expect(teacher.elements).to_have_count(1)
    ada.page.get_by_role("button", name="More for the board").click()
    expect(ada.page.get_by_role("menuitem", name="Save as PNG")).to_be_visible()
    expect(ada.page.get_by_role("menuitem", name="Clear the board")).to_have_count(0)
    with ada.page.expect_download() as download:
        ada.page.get_by_role("menuitem", name="Save as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    teacher.page.get_by_role("button", name="More for the board").click()
    teacher.page.get_by_role("menuitem", name="Clear the board").click()
    teacher.confirm("Clear the board")
    expect(ada.elements).to_have_count(0)


def test_who_may_draw_is_the_instructors_choice(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    group = teacher.page.get_by_role("group", name="Draw")
    let_everyone_draw(teacher)
    expect(ada.page.get_by_role("radio", name="Pen", exact=True)).to_be_visible()
    group.get_by_role("button", name="Staff").click()
    expect(ada.page.get_by_text("Only instructors draw at the moment.")).to_be_visible()
    expect(ada.page.get_by_role("radio", name="Pen", exact=True)).to_be_hidden()
    teacher.on_person(ada.name, "Let draw")
    expect(ada.page.get_by_role("radio", name="Pen", exact=True)).to_be_visible()
    ada.draw("Pen", WAVE)
    expect(teacher.elements).to_have_count(1)
