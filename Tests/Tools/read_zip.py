"""Reads a zip archive with Python's own library and says what is in it: FOLDER ARCHIVE.

Every entry is read to its end, so that its checksum is checked. It waits until it is ended.
"""

import json
import os
import signal
import sys
import zipfile


def main():
    folder, path = sys.argv[1:3]
    entries = []
    with zipfile.ZipFile(path) as archive:
        problem = archive.testzip()
        for info in archive.infolist():
            time = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*info.date_time)
            entries.append({"name": info.filename, "size": info.file_size, "crc": info.CRC, "time": time})
    with open(f"{folder}/ready.new", "w", encoding="utf-8") as file:
        json.dump({"problem": problem, "entries": entries}, file)
    os.rename(f"{folder}/ready.new", f"{folder}/ready.json")
    signal.pause()


main()
