// What is shown, as a file for spreadsheets.

/** Quotes a field (RFC 4180); text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function field(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = String(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The file's text; the byte order mark makes spreadsheets read it as UTF-8. */
export const csvText = (rows) => `\ufeff${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;

/** Saves rows as `name`, with today's date in it. */
export function downloadCSV(rows, name) {
    const url = URL.createObjectURL(new Blob([csvText(rows)], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${name}-${new Date().toISOString().slice(0, 10)}.csv`.replace(/[^\w.-]+/g, "-");
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
