// Runs before the first paint (a plain script in <head>): the chosen theme, the last accent and the
// language's direction, so that nothing flashes. Everything else waits for the modules; only what they will ask for is
// begun already: the words of a language that no page names itself (`data-words`: the page's folder), and the socket,
// where the script's element names it (`data-socket`).
(() => {
    // The class page takes it over, or opens another if it fails.
    const { socket, words } = document.currentScript.dataset;
    if (socket) globalThis.cohortEarly = { socket: new WebSocket(new URL(socket, location.href.replace(/^http/, "ws"))) };

    const root = document.documentElement;
    let wishes = navigator.languages || [];
    try {
        const theme = localStorage.getItem("cohort.theme");
        if (theme === "light" || theme === "dark") root.dataset.theme = theme;
        const accent = JSON.parse(localStorage.getItem("cohort.accent") || "null");
        for (const [name, value] of Object.entries(accent || {})) {
            if (/^--[a-z-]+$/.test(name) && /^#[0-9a-f]{6}$/.test(value)) root.style.setProperty(name, value);
        }
        const language = localStorage.getItem("cohort.language");
        if (/^[a-z]{2}$/.test(language || "")) {
            wishes = [language, ...wishes];
            root.lang = language;
            root.dir = ["ar", "fa", "he", "ur"].includes(language) ? "rtl" : "ltr";
        }
    } catch {
        // Storage may be forbidden; the system's own theme is right then.
    }
    // As base/i18n.js chooses. English comes with the page.
    const wish = wishes.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag === "en" || tag === "de");
    if (wish && wish !== "en") {
        for (const folder of ["base", words]) {
            document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: `/static/${folder}/lang/${wish}.js` }));
        }
    }
})();
