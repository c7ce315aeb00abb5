// The class page: reads who is here for which class, and puts the parts together.
//
// What the first sight needs is imported here; the board comes at once beside it, and what a later moment needs is in
// `moments.js`. The `modulepreload` list of index.html names exactly the first two.
import { h } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import { later } from "../base/later.js";
import { startShell } from "../base/shell.js";
import { toast } from "../base/toast.js";
import "./chat/class-chat.js";
import "./frame/controls.js";
import "./frame/side-panel.js";
import "./frame/stage.js";
import "./frame/top-bar.js";
import english from "./lang/en.js";
import { Moments } from "./moments.js";
import { ClassRoom } from "./room/room.js";

const [, courseId, classId] = /^\/courses\/(\d+)\/classes\/(\d+)/.exec(location.pathname) ?? [];

const boards = later(() => import("./board/board.js"));
boards.ahead();

const [session] = await Promise.all([
    startShell({ bar: false, connection: false }),
    add({ en: english, de: () => import("./lang/de.js") }),
]);

const staff = session.roles.includes("instructor") || session.roles.includes("admin");
const room = new ClassRoom({
    classId: Number(classId), courseId: Number(courseId), me: { id: session.user.id, name: session.user.name, staff },
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/connection/websocket`, WebSocket: Socket,
});

room.start();
build(room, session);

// The first connection takes the socket that early.js opened, where it still lives; the others are made as usual.
function Socket(url) {
    const early = globalThis.cohortEarly?.socket;
    delete globalThis.cohortEarly?.socket;
    return early && early.readyState <= WebSocket.OPEN ? early : new WebSocket(url);
}

function build(room, session) {
    const element = (name) => document.createElement(name);
    const [bar, stage, panel, controls, connection] = ["class-bar", "class-stage", "side-panel", "class-controls", "connection-bar"].map(element);
    const [board, card, chat, people, quiz] = ["white-board", "quiz-card", "class-chat", "class-people", "class-quiz"].map(element);
    const farewell = h("div.farewell", { hidden: true });
    const main = document.getElementById("main");
    const moments = new Moments(room, { board, boards, card, connection, farewell, panel, people, quiz });

    document.getElementById("top").replaceChildren(bar);
    main.replaceChildren(h("div.class-middle", stage, panel), controls);
    main.removeAttribute("aria-busy");
    bar.start(room, session);
    stage.start(room, board, card);
    stage.append(farewell, connection);
    chat.start(room);
    panel.start([
        { id: "chat", label: t("panel.chat"), element: chat },
        { id: "people", label: t("panel.people"), element: people },
        { id: "quiz", label: t("panel.quiz"), element: quiz },
    ]);
    controls.start(room, { openQuiz: () => moments.openQuiz() });
    badges(room, panel);
    moments.start();
    room.on("outbox", (entry) => tell(entry));
    // On a phone the sheet would cover the card of the question that was just opened from it.
    room.quiz.on("opened", () => { if (panel.narrow && panel.shows("quiz")) panel.close(); });
}

// What happens on a tab that is not in sight is counted on it.
function badges(room, panel) {
    let unread = 0;
    const chat = () => panel.badge("chat", unread, t("panel.unread", { n: unread }));
    room.chat.on("added", (message) => {
        if (panel.shows("chat") || message.by.id === room.me.id) return;
        unread += 1;
        chat();
    });
    panel.addEventListener("shown", (event) => {
        if (event.detail !== "chat") return;
        unread = 0;
        chat();
    });
    const hands = () => panel.badge("people", room.state.hands.length, t("panel.hands", { n: room.state.hands.length }));
    room.on("hands", hands);
    const quiz = () => panel.badge("quiz", room.quiz.open ? true : 0, t("panel.open_question"));
    room.quiz.on("runs", quiz);
}

// An answer that failed while its card is not to be seen must not fail silently.
function tell(entry) {
    if (entry.method !== "quiz.answer" || entry.state !== "refused") return;
    if (document.querySelector("quiz-card")?.hidden === false) return;
    toast(t("quiz.answer_lost"), { kind: "bad", ms: 0 });
}
