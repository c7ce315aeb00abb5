"""Reads the export of an institution as protocol/export/README.md describes it: FOLDER ARCHIVE.

It checks every number and SHA-256 of the manifest, and says how many rows each table has, with its rows where there are few. It
waits until it is ended.
"""

import hashlib
import json
import os
import signal
import sys
import zipfile

FEW = 200


def read(path):
    problems, tables = [], {}
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        if manifest["format"] != "cohort-institution-export" or manifest["version"] != 1:
            problems.append("the format is another")
        for table in manifest["tables"]:
            digest, size, count, rows = hashlib.sha256(), 0, 0, []
            with archive.open(table["path"]) as file:
                for line in file:
                    digest.update(line)
                    size += len(line)
                    row = json.loads(line)
                    count += 1
                    if count <= FEW:
                        rows.append(row)
            if (digest.hexdigest(), size, count) != (table["sha256"], table["bytes"], table["rows"]):
                problems.append(f"{table['table']} is not as the manifest says")
            tables[table["table"]] = {"count": count, "rows": rows if count <= FEW else []}
        files = [name for name in names if name.startswith("files/")]
        total = 0
        for name in files:
            content = archive.read(name)
            total += len(content)
            if hashlib.sha256(content).hexdigest() != name.removeprefix("files/"):
                problems.append(f"{name} holds something else")
        if (len(files), total) != (manifest["files"]["count"], manifest["files"]["bytes"]):
            problems.append("the number of files is another")
    return {"problems": problems, "tables": tables, "manifest": manifest, "files": sorted(files)}


def main():
    folder, path = sys.argv[1:3]
    with open(f"{folder}/ready.new", "w", encoding="utf-8") as file:
        json.dump(read(path), file)
    os.rename(f"{folder}/ready.new", f"{folder}/ready.json")
    signal.pause()


main()
