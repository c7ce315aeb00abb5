// Signs that the pages of courses and the search need beside the shared ones.

import { addIcons } from "../base/icons.js";

addIcons({
    "file": "M5 2.8h6.5L16 7.3v9.9H5ZM11.3 3v4.5h4.5",
    "folder": "M2.8 5.5A1.5 1.5 0 0 1 4.3 4h3.4l2 2.2h6a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H4.3a1.5 1.5 0 0 1-1.5-1.5Z",
    "link": "M8.2 11.8a3.2 3.2 0 0 0 4.6.2l2.6-2.6a3.2 3.2 0 0 0-4.5-4.5l-1 1M11.8 8.2a3.2 3.2 0 0 0-4.6-.2l-2.6 2.6a3.2 3.2 0 0 0 4.5 4.5l1-1",
});
