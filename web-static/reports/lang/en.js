// English words of files that are made in the background.

export default {
    "reports.of": "Asked for {time}",
    "reports.none": "None yet",
    "reports.progress": "Progress",
    "reports.waiting": "Waiting for its turn",
    "reports.running": "{share} % done",
    "reports.until": "kept until {day}",
    "reports.gone": "The file is removed. Ask for a new one.",
    "reports.others": "Only {name}, who asked for it, gets the file.",
    "reports.failed": "It could not be made. Ask for it again.",
    "reports.aborted": "Cancelled",
    "reports.lost": "It goes on; this page keeps asking.",
    "reports.download": "Download",
    "reports.download_of": "Download: {name}",
    "reports.cancel_of": "Cancel: {name}",
    "reports.remove_of": "Remove: {name}",
    "reports.said_ready": "The file is ready.",
    "reports.said_gone": "The file is removed.",
    "reports.said_failed": "The file could not be made.",
    "reports.said_aborted": "Cancelled.",
};
