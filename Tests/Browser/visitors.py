"""People at their browsers: what they do on the pages, in the words of the pages."""

import re

from playwright.sync_api import Locator, Page, expect

#: Chromium says this of every request that fails without a network, and of the socket that is lost then.
OFFLINE_NOISE = r"ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed|ERR_NETWORK_CHANGED|Failed to fetch"


def sign_in(page: Page, user: dict) -> None:
    """Signs in through the page; ends on the list of courses."""
    page.goto("/sign-in")
    page.get_by_label("Login").fill(user["login"])
    page.get_by_label("Password", exact=True).fill(user["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    chosen = page.get_by_role("heading", name="Choose an institution")
    courses = page.get_by_role("heading", name="My courses", level=1)
    expect(chosen.or_(courses)).to_be_visible()
    if chosen.is_visible():
        page.get_by_role("group", name="Choose an institution").get_by_role("button").first.click()
    expect(courses).to_be_visible()


def settled(page: Page) -> None:
    """Waits until the page has drawn what it is about, and listens to keys."""
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    expect(page.locator(".skeleton")).to_have_count(0)


class Visitor:
    """One person in one browser context; `page` is the tab they look at."""

    def __init__(self, context, user: dict | None, *, allow: re.Pattern | None = None):
        self.context = context
        self.user = user
        self.name = user["name"] if user else "somebody"
        self.allow = allow
        self.problems: list[str] = []
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        """Another tab of the same person, whose console is watched as well."""
        page = self.context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text, message.location.get("url", "")))
        page.on("pageerror", lambda error: self._note("error", error.stack or str(error), ""))
        return page

    def _note(self, kind: str, text: str, where: str) -> None:
        if kind not in ("error", "warning"):
            return
        if self.allow and self.allow.search(text):
            return
        self.problems.append(f"{kind}: {text} {where}".strip())

    # --- Entering ------------------------------------------------------------------------------------------

    def enter(self, lesson: dict, page: Page | None = None) -> "Visitor":
        """Opens a class and waits until it is connected."""
        page = page or self.page
        page.goto(lesson["path"])
        self.connected(page)
        return self

    def connected(self, page: Page | None = None) -> None:
        """Waits until the class's page is connected and knows the class."""
        page = page or self.page
        expect(page.locator(".class-sign")).to_have_attribute("title", "Connected")
        expect(page.locator(".class-here")).to_be_visible()

    def tab(self, name: str) -> Locator:
        """Shows a tab of the side panel; its body."""
        self.page.get_by_role("tab", name=name).click()
        body = self.page.get_by_role("tabpanel", name=name)
        expect(body).to_be_visible()
        return body

    # --- Chat ----------------------------------------------------------------------------------------------

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    def message(self, text: str) -> Locator:
        """The row of the message with this text."""
        return self.log.locator(".message").filter(has=self.page.locator(".message-text", has_text=text))

    def say(self, text: str) -> None:
        """Writes a message and waits until it has settled."""
        self.page.get_by_role("textbox", name="Write a message").fill(text)
        self.page.get_by_role("textbox", name="Write a message").press("Enter")
        expect(self.message(text).last).to_be_visible()
        expect(self.log.locator(".is-pending")).to_have_count(0)

    def on_message(self, text: str, action: str) -> None:
        """Chooses an action from a message's menu."""
        row = self.message(text)
        row.hover()
        row.get_by_role("button", name="What to do with").click()
        self.page.get_by_role("menuitem", name=action, exact=True).click()

    def confirm(self, action: str) -> None:
        """Agrees in the dialog that asks."""
        self.page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()

    # --- Board ---------------------------------------------------------------------------------------------

    @property
    def board(self) -> Locator:
        return self.page.get_by_role("application", name="Whiteboard")

    @property
    def elements(self) -> Locator:
        """What is on the board, in words, as a screen reader finds it."""
        return self.page.get_by_role("list", name="Elements on the whiteboard", include_hidden=True).locator("li")

    def places(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Where points of the board are in the window."""
        return self.page.evaluate(
            """(points) => {
                const board = document.querySelector("white-board");
                const box = board.surface.getBoundingClientRect();
                return points.map(([x, y]) => {
                    const [left, top] = board.viewport.toScreen(x, y);
                    return [box.left + left, box.top + top];
                });
            }""", points)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where one point is."""
        return self.places([(x, y)])[0]

    def choose_tool(self, name: str) -> None:
        """Takes a tool of the board's bar."""
        self.page.get_by_role("radio", name=name, exact=True).click()

    def begin_stroke(self, points: list[tuple[float, float]]) -> None:
        """Puts the pointer down and moves it along points of the board, without lifting it."""
        mouse = self.page.mouse
        first, *others = self.places(points)
        mouse.move(*first)
        mouse.down()
        for place in others:
            mouse.move(*place, steps=4 if len(others) < 4 else 1)

    def draw(self, tool: str, points: list[tuple[float, float]]) -> None:
        """Draws with a tool along points of the board."""
        self.choose_tool(tool)
        self.begin_stroke(points)
        self.page.mouse.up()

    def sees_ink(self, layer: str, x: float, y: float) -> None:
        """Waits until a layer (`still` or `live`) is painted near a point of the board."""
        self.page.wait_for_function(INK, arg=[layer, x, y])

    # --- Quiz ----------------------------------------------------------------------------------------------

    @property
    def card(self) -> Locator:
        return self.page.locator("quiz-card")

    def ask(self, quiz: dict, number: int, *, seconds: int = 0) -> None:
        """Opens a prepared question (staff); ends when it is open."""
        panel = self.tab("Quiz")
        panel.get_by_label("Quiz", exact=True).select_option(str(quiz["id"]))
        panel.get_by_label("Time", exact=True).first.select_option(str(seconds))
        panel.get_by_role("button", name=re.compile(rf"^Ask question {number}\b")).click()
        text = quiz["questions"][number - 1]["question_text"]
        expect(self.card.get_by_role("heading", name=text)).to_be_visible()

    def close_question(self) -> None:
        """Closes the open question (staff); ends when it is closed here."""
        self.card.get_by_role("button", name="Close").click()
        expect(self.card.get_by_role("button", name="Close")).to_have_count(0)

    def reveal(self) -> None:
        """Reveals the question, and so closes it if it is open (staff); ends when the result is here."""
        self.card.get_by_role("button", name="Reveal").click()
        expect(self.card.get_by_role("button", name="Next question")).to_be_visible()

    def option(self, text: str, page: Page | None = None) -> Locator:
        """One of the open question's options."""
        return (page or self.page).locator("quiz-card").get_by_role("radio", name=text, exact=True)

    def standing(self, state: str, page: Page | None = None, **options) -> None:
        """Waits for the state of the own answer: `recorded`, `queued`, `refused`."""
        expect((page or self.page).locator("quiz-card .standing")).to_have_attribute("data-state", state, **options)

    def answered(self, count: int) -> None:
        """Waits until the tally (staff) says that this many answered."""
        expect(self.card.locator(".run-count")).to_have_text(re.compile(rf"^\s*{count} / \d+ answered\s*$"))

    # --- People --------------------------------------------------------------------------------------------

    def on_person(self, name: str, action: str) -> None:
        """Chooses an action from somebody's menu in the roster (staff)."""
        panel = self.tab("People")
        panel.get_by_role("button", name=f"What to do with {name}", exact=True).click()
        self.page.get_by_role("menuitem", name=action, exact=True).click()


INK = """([layer, x, y]) => {
    const board = document.querySelector("white-board");
    const canvas = board?.querySelector(`.board-${layer}`);
    if (!canvas?.width) return false;
    const [left, top] = board.viewport.toScreen(x, y);
    const ratio = canvas.width / canvas.clientWidth;
    const glass = new OffscreenCanvas(11, 11).getContext("2d", { willReadFrequently: true });
    glass.drawImage(canvas, 5 - Math.round(left * ratio), 5 - Math.round(top * ratio));
    const { data } = glass.getImageData(0, 0, 11, 11);
    return data.some((value, index) => index % 4 === 3 && value > 0);
}"""
