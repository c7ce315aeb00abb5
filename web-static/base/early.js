// Runs before the first paint (a plain script in <head>): the chosen theme, the last accent and the
// language's direction, so that nothing flashes. Everything else waits for the modules; only the socket that they
// will need is opened already, where the script's element names it (`data-socket`).
(() => {
    // The class page takes it over, or opens another if it fails.
    const { socket } = document.currentScript.dataset;
    if (socket) globalThis.cohortEarly = { socket: new WebSocket(new URL(socket, location.href.replace(/^http/, "ws"))) };

    const root = document.documentElement;
    try {
        const theme = localStorage.getItem("cohort.theme");
        if (theme === "light" || theme === "dark") root.dataset.theme = theme;
        const accent = JSON.parse(localStorage.getItem("cohort.accent") || "null");
        for (const [name, value] of Object.entries(accent || {})) {
            if (/^--[a-z-]+$/.test(name) && /^#[0-9a-f]{6}$/.test(value)) root.style.setProperty(name, value);
        }
        const language = localStorage.getItem("cohort.language");
        if (/^[a-z]{2}$/.test(language || "")) {
            root.lang = language;
            root.dir = ["ar", "fa", "he", "ur"].includes(language) ? "rtl" : "ltr";
        }
    } catch {
        // Storage may be forbidden; the system's own theme is right then.
    }
})();
