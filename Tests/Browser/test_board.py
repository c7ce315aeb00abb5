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


def test_a_shape_is_resized_by_its_handles_and_by_keys(arrive, cast, lesson, photograph):
    teacher = arrive(cast["instructor"]).enter(lesson)
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher.draw("Rectangle", [(300, 200), (460, 280)])
    expect(ada.elements).to_have_count(1)
    teacher.draw("Select and move", [(300, 240), (300, 240)])
    teacher.draw("Select and move", [(463, 283), (563, 333)])
    ada.page.wait_for_function(SIZE, arg=[260, 130])
    ada.sees_ink("still", 560, 265)
    photograph(teacher, "board-resize")
    teacher.page.keyboard.press("Alt+ArrowRight")
    teacher.page.keyboard.press("Alt+Shift+ArrowUp")
    ada.page.wait_for_function(SIZE, arg=[268, 129])
    for _ in range(3):
        teacher.page.keyboard.press("Control+z")
    ada.page.wait_for_function(SIZE, arg=[160, 80])


def test_a_finger_resizes_as_well(arrive, cast, lesson, photograph):
    teacher = arrive(cast["instructor"], phone=True).enter(lesson)
    teacher.draw("Ellipse", [(300, 200), (700, 500)])
    expect(teacher.elements).to_have_count(1)
    teacher.choose_tool("Select and move")
    (left, top), (grip_x, grip_y) = teacher.places([(300, 350), (700, 500)])
    teacher.page.touchscreen.tap(left, top)
    teacher.page.wait_for_function("() => document.querySelector('white-board').selection.ids.size === 1")
    photograph(teacher, "board-resize-phone")
    finger = teacher.context.new_cdp_session(teacher.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    # A finger is put down beside the handle, but not more than 22 px off.
    touch("touchStart", (grip_x + 26, grip_y + 26))
    touch("touchMove", (grip_x + 40, grip_y + 46))
    touch("touchMove", (grip_x + 56, grip_y + 66))
    touch("touchEnd")
    scale = teacher.page.evaluate("() => document.querySelector('white-board').viewport.scale")
    teacher.page.wait_for_function(SIZE, arg=[400 + 30 / scale, 300 + 40 / scale])


def test_a_moved_and_zoomed_board_looks_as_if_painted_anew(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.draw("Pen", WAVE)
    teacher.page.evaluate(MANY, 300)
    assert teacher.page.evaluate(DIFFERENCE) < ROUNDING
    box = teacher.board.bounding_box()
    teacher.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in [(0, 333), (-777, 10), (501, -120), (33, 1)]:
        teacher.page.mouse.wheel(dx, dy)
    assert teacher.page.evaluate(DIFFERENCE) < ROUNDING
    teacher.page.keyboard.down("Control")
    for dy in (-90, -120, 60, -30):
        teacher.page.mouse.wheel(0, dy)
    teacher.page.keyboard.up("Control")
    assert teacher.page.evaluate(DIFFERENCE) < ROUNDING
    teacher.page.evaluate(MANY, 20)
    teacher.draw("Eraser", [(300, 250), (500, 250)])
    assert teacher.page.evaluate(DIFFERENCE) < ROUNDING
    teacher.page.keyboard.press("0")
    assert teacher.page.evaluate(DIFFERENCE) < ROUNDING


def test_latecomers_see_what_is_moved_without_a_trace(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.draw("Rectangle", [(200, 150), (500, 350)])
    teacher.draw("Rectangle", [(550, 150), (850, 350)])
    expect(teacher.elements).to_have_count(2)
    late = arrive(cast["students"][1]).enter(lesson)
    expect(late.elements).to_have_count(2)
    teacher.draw("Pen", WAVE)
    expect(late.elements).to_have_count(3)
    teacher.draw("Select and move", [(200, 300), (300, 400)])
    late.sees_ink("still", 300, 400)
    assert late.page.evaluate(DIFFERENCE) < ROUNDING


def test_the_small_map_comes_once_there_is_more_than_the_window_shows(arrive, cast, lesson):
    ada = arrive(cast["students"][0]).enter(lesson)
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.draw("Rectangle", [(300, 200), (460, 280)])
    expect(ada.elements).to_have_count(1)
    assert not ada.page.evaluate("() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/minimap.js'))")
    expect(ada.page.locator(".board-map")).to_be_hidden()
    ada.page.evaluate(MANY, 60)
    expect(ada.page.locator(".board-map")).to_be_visible()


def test_everything_is_selected_and_deleted_by_keys(arrive, cast, lesson):
    teacher = arrive(cast["instructor"]).enter(lesson)
    teacher.draw("Rectangle", [(200, 150), (500, 350)])
    teacher.draw("Line", [(550, 150), (850, 350)])
    expect(teacher.elements).to_have_count(2)
    teacher.page.keyboard.press("9")
    expect(teacher.page.get_by_role("dialog", name="Colour and width")).to_be_visible()
    teacher.page.keyboard.press("Escape")
    teacher.board.focus()
    teacher.page.keyboard.press("Control+a")
    teacher.page.keyboard.press("Delete")
    expect(teacher.elements).to_have_count(0)
    teacher.page.keyboard.press("Control+z")
    expect(teacher.elements).to_have_count(2)


SIZE = """([w, h]) => {
    const [element] = document.querySelector("white-board").model.elements;
    return element && Math.abs(element.w - w) < 1.5 && Math.abs(element.h - h) < 1.5;
}"""

#: Puts strokes, shapes and texts all over the board.
MANY = """(count) => {
    const { model } = document.querySelector("white-board");
    const kinds = ["pen", "rect", "pen", "ellipse", "line", "text"];
    const elements = Array.from({ length: count }, (_, index) => {
        const [x, y] = [(index * 379) % 2400 - 500, (index * 211) % 1500 - 300];
        const kind = kinds[index % kinds.length];
        const look = { id: model.newId(), kind, color: ["ink", "blue", "red"][index % 3], size: [2, 4, 8][index % 3], author: 1, z: 1000 + model.size + index, version: 1 };
        if (kind === "pen") return { ...look, points: Array.from({ length: 60 }, (_, at) => [x + at * 4, y + 30 * Math.sin(at / 3 + index)]).flat() };
        if (kind === "line") return { ...look, points: [x, y, x + 150, y + 70] };
        if (kind === "text") return { ...look, x, y, w: 200, h: 52, text: `Text ${index}` };
        return { ...look, x, y, w: 120, h: 60, ...(index % 2 ? { fill: "blue" } : {}) };
    });
    model.apply({ type: "board.applied", by: { id: 1 }, ops: elements.map((element) => ({ op: "add", element })) });
}"""

#: Waits until the board has settled, paints it anew and compares: how much of the ink differs by
#: more than an eighth, or all of it if a pixel differs by more than a half.
DIFFERENCE = """async () => {
    const board = document.querySelector("white-board");
    const { paint } = await import("/static/class/board/paint.js");
    const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
    do await frame(); while (!board.layers.settled);
    const { width, height } = board.still;
    // Curves are cut at a canvas's edge: the fresh one is larger than what is compared.
    const rim = 50;
    const fresh = Object.assign(document.createElement("canvas"), { width: width + 2 * rim, height: height + 2 * rim }).getContext("2d");
    const unit = board.viewport.scale * board.layers.ratio;
    fresh.setTransform(unit, 0, 0, unit, rim - Math.round(board.viewport.x * unit), rim - Math.round(board.viewport.y * unit));
    for (const element of board.model.elements) paint(fresh, element);
    const seen = new OffscreenCanvas(width, height).getContext("2d");
    seen.drawImage(board.still, 0, 0);
    const a = seen.getImageData(0, 0, width, height).data;
    const b = fresh.getImageData(rim, rim, width, height).data;
    let [ink, off] = [0, 0];
    for (let index = 3; index < a.length; index += 4) {
        const difference = Math.abs(a[index] - b[index]);
        if (difference > 128) return 1;
        off += difference > 32;
        ink += b[index] > 0;
    }
    if (ink < 1000) throw new Error(`only ${ink} pixels are painted`);
    return off / ink;
}"""

#: The edges of a curve are rounded otherwise where a tile cuts it elsewhere than the large canvas does.
ROUNDING = 0.005
