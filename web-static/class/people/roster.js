// The roster for staff: searched and paged on the server, kept up while it is looked at.
import { debounce, fill, h } from "../../base/dom.js";
import { number, relative, t, time } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { attachMenu } from "../../base/menu.js";
import { avatar, problem } from "../../base/shell.js";
import { reasonText, toast, undoable } from "../../base/toast.js";

const PAGE = 50;

/** How long (ms) a removal can be taken back before it is sent. */
const REGRET = 5_000;

/** Mutes on offer, in seconds; the last one outlasts a class. */
const MUTES = [["1", 60], ["5", 300], ["15", 900], ["end", 14_400]];

/** The roster of one class. */
export class Roster {
    #room;
    #members = [];
    #next = null;
    #total = 0;
    #here = 0;
    #shown = false;
    #stale = true;
    #leaving = new Map();
    #request = 0;
    #timer = 0;

    constructor(room) {
        this.#room = room;
        this.search = h("input.input", { type: "search", id: "roster-search", placeholder: t("people.search"), "aria-label": t("people.search"),
            oninput: debounce(() => this.#load(), 200) });
        this.summary = h("p.small.muted.num", { role: "status" });
        this.list = h("ul.roster", { role: "list" }, [1, 2, 3, 4].map(() => h("li.person", h("div.skeleton.line.w60"))));
        this.more = h("button.button.small", { type: "button", hidden: true, onclick: () => this.#load(true) }, t("people.more"));
        this.element = h("section.stack.tight", h("h2.panel-title", t("people.everybody")), h("div.input-group", icon("search", { size: 16 }), this.search),
            this.summary, this.list, this.more);
        room.on("connection", () => { if (room.connected) this.refreshSoon(); });
    }

    /** The panel came to sight or went: only a roster in sight is kept up. */
    shown(visible) {
        this.#shown = visible;
        if (visible && this.#stale) this.#load();
    }

    /** Something changed: read again soon, at most every 1.5 s. */
    refreshSoon() {
        this.#stale = true;
        if (!this.#shown) return;
        this.#timer ||= setTimeout(() => {
            this.#timer = 0;
            if (this.#shown && this.#stale) this.#load();
        }, 1_500);
    }

    /** Draws anew what is known. */
    redraw() {
        if (this.#total > 0) this.#draw();
    }

    // Reads as many as are shown now (or one page more), so that a refresh does not fold the list up.
    async #load(further = false) {
        const request = ++this.#request;
        const search = this.search.value.trim();
        const wanted = further ? this.#members.length + PAGE : Math.max(PAGE, this.#members.length);
        this.#stale = false;
        try {
            const members = [];
            let after = null;
            let page;
            do {
                page = await this.#room.ask("member.list", { ...(search ? { search } : {}), ...(after ? { after } : {}), limit: PAGE });
                if (request !== this.#request) return;
                members.push(...page.members);
                after = page.next ?? null;
            } while (after !== null && members.length < wanted);
            this.#members = members;
            this.#next = after;
            this.#total = page.total;
            this.#here = page.here;
            this.#draw();
        } catch (error) {
            this.#stale = true;
            if (error.temporary || request !== this.#request) return;
            fill(this.list, h("li", problem(error, () => this.#load())));
        }
    }

    #draw() {
        this.summary.textContent = t("people.summary", { n: this.#total, here: number(this.#here) });
        this.more.hidden = this.#next === null;
        const focused = this.list.contains(document.activeElement) ? document.activeElement.closest("[data-id]")?.dataset.id : null;
        // An open menu hangs on its row: wait until it is closed.
        if (this.list.querySelector("[role=menu]")) {
            this.refreshSoon();
            return;
        }
        fill(this.list, this.#members.length === 0 ? h("li.muted.small", t("people.none_found")) : this.#members.map((member) => this.#row(member)));
        if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"] button`)?.focus();
    }

    #row(member) {
        const { me } = this.#room;
        const muted = member.muted_until !== null && member.muted_until !== undefined && member.muted_until > this.#room.now();
        const staff = member.role === "instructor";
        const leaving = this.#leaving.has(member.id);
        const status = member.removed ? t("people.removed") : member.here ? t("people.here") : member.since ? t("people.away_since", { when: relative(member.since, this.#room.now()) }) : t("people.away");
        const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("people.actions", { name: member.name }) }, icon("dots"));
        const live = this.#room.state.state === "live";
        if (!staff && live) attachMenu(menu, () => this.#menu(member, muted));
        return h("li.person", { dataset: { id: member.id }, class: leaving ? "is-leaving" : "" },
            h("span.person-avatar", avatar(member.name), h("span.dot", { class: member.here ? "good" : "" })),
            h("span.grow.person-name", h("span.truncate", member.id === me.id ? t("people.name_you", { name: member.name }) : member.name),
                h("span.small.muted.truncate", status)),
            staff && h("span.badge.accent", t("role.instructor")),
            member.here && quality(member.round_trip_ms),
            member.hand && h("span.badge.warn", icon("hand", { size: 12, label: t("people.hand_up") })),
            muted && h("span.badge", { title: t("people.muted_until", { time: time(member.muted_until) }) }, icon("mute", { size: 12, label: t("people.muted") })),
            !staff && !leaving && live && menu);
    }

    #menu(member, muted) {
        const { draw } = this.#room.state;
        const chosen = Array.isArray(draw) ? draw : [];
        const mayDraw = draw === "all" || chosen.includes(member.id);
        if (member.removed) return [{ label: t("people.readmit"), icon: "undo", run: () => this.#act("member.remove", { user: member.id, seconds: 0 }) }];
        return [
            member.hand && { label: t("people.lower"), icon: "hand", run: () => this.#act("hand.lower", { user: member.id }) },
            draw !== "all" && { label: t(mayDraw ? "people.draw_take" : "people.draw_give"), icon: "pen",
                run: () => this.#act("board.allow", { draw: drawList(mayDraw ? chosen.filter((id) => id !== member.id) : [...chosen, member.id]) }) },
            "-",
            ...(muted
                ? [{ label: t("people.unmute"), icon: "chat", run: () => this.#act("member.mute", { user: member.id, seconds: 0 }) }]
                : [{ heading: t("people.mute") }, ...MUTES.map(([name, seconds]) => ({
                    label: t(`people.mute_${name}`), icon: "mute", run: () => this.#act("member.mute", { user: member.id, seconds }),
                }))]),
            "-",
            { label: t("people.remove"), icon: "user-x", danger: true, run: () => this.#remove(member) },
        ];
    }

    #remove(member) {
        this.#leaving.set(member.id, true);
        this.#draw();
        undoable(t("people.removing", { name: member.name }), {
            ms: REGRET,
            commit: async () => {
                await this.#act("member.remove", { user: member.id });
                this.#leaving.delete(member.id);
                this.#load();
            },
            undo: () => {
                this.#leaving.delete(member.id);
                this.#draw();
            },
        });
    }

    async #act(method, data) {
        const entry = await this.#room.act(method, data);
        if (entry.state !== "recorded") toast(reasonText(entry), { kind: "bad" });
        else this.refreshSoon();
    }
}

/** How far away somebody's browser is, as one to three bars with the figure in words; nothing before it is known. */
function quality(ms) {
    if (!ms) return null;
    const [bars, name] = ms <= 150 ? [3, "good"] : ms <= 400 ? [2, "fair"] : [1, "poor"];
    const words = t(`people.network_${name}`, { ms: number(ms) });
    return h("span.network", { title: words, role: "img", "aria-label": words, dataset: { bars: String(bars) } }, [1, 2, 3].map((bar) => h("i", { class: bar <= bars ? "on" : "" })));
}

/** Nobody left means staff only. */
function drawList(ids) {
    return ids.length === 0 ? "staff" : ids;
}
