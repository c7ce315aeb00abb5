#!/usr/bin/env python3
"""Sends requests made up from protocol/rest/openapi.json to a server: no 5xx, and no answer outside of the document.

Starts a demo of its own; the requests are schemathesis's. Half of them name things that are there. Always the same
requests, unless `--seed N` asks for others. Without a program to test (`--cohort PATH`, else the newest build) nothing is
checked.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import requests

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests"))

from Rig.api import Api  # noqa: E402
from Rig.demo import Demo  # noqa: E402

CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance"
#: What would take away what the requests after it are about.
SPARED = ["deleteCourse", "updateCourse", "deleteClass", "signOut", "deleteFile", "deleteFolder"]

#: What would take away the token that asks; and letters, which no relay takes here.
NEVER = ["revokeAccessToken", "updateAccessToken", "requestPasswordReset"]


def file(demo):
    """A file and a folder of the course."""
    api, course = Api(demo.base, demo.first["users"]["instructor"]), demo.ready["course_id"]
    folder = api.post(f"/api/v1/courses/{course}/folders", {"name": "Folder"})["id"]
    ticket = api.post(f"/api/v1/folders/{folder}/files", {"name": "file.txt", "size": 4})
    made = requests.post(ticket["upload_url"], data=ticket["upload_params"], files={"file": ("x", b"text")}, timeout=30)
    return {"file_id": made.json()["id"], "folder_id": folder}


def settings(demo):
    """Path parameters that name things of the demo."""
    values = {"account_id": "self", "course_id": demo.ready["course_id"], "class_id": demo.ready["class_id"],
              "quiz_id": demo.ready["quiz_id"], "new_course_id": demo.ready["course_id"], "section_id": 1,
              "user_id": demo.first["users"]["students"][3]["id"], "enrollment_id": 9, "assignment_id": 1, "question_id": 1,
              **file(demo)}
    return "[parameters]\n" + "\n".join(f'"path.{name}" = {json.dumps(value)}' for name, value in values.items()) + "\n"


def run(demo, who, most, seed, config):
    """One run as somebody; its output when something was found."""
    command = [sys.executable, "-m", "schemathesis.cli"]
    if config:
        command += ["--config-file", config]
    command += ["run", str(ROOT / "protocol/rest/openapi.json"), "--url", demo.ready["base_url"],
                "-H", f"Authorization: Bearer {who['api_token']}", "--checks", CHECKS, "--phases", "fuzzing",
                "--max-examples", str(most), "--workers", "2", "--include-path-regex", "^/api/", "--request-timeout", "30",
                "--suppress-health-check", "all", "--no-color", "--warnings", "off"]
    command += ["--generation-deterministic"] if seed is None else ["--seed", str(seed)]
    for operation in NEVER + (SPARED if config else []):
        command += ["--exclude-operation-id", operation]
    # Without a folder of its own it would leave its notes in the tree.
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=folder)
    print(f"  as {who['login']}, {'known' if config else 'any'} ids: "
          + next((line.strip() for line in result.stdout.splitlines() if "generated" in line), "no summary"))
    return "" if result.returncode == 0 else result.stdout[-20_000:] + result.stderr[-4_000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohort", type=pathlib.Path)
    parser.add_argument("--examples", type=int, default=4, help="requests of an operation in each run")
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()
    builds = [path for kind in ("debug", "release") if (path := ROOT / ".build" / kind / "cohort").is_file()]
    if given.cohort is None and not builds:
        print("no program is built: no requests were made up")
        return 0
    found = []
    program = given.cohort or max(builds, key=lambda path: path.stat().st_mtime)
    with Demo(program) as demo, tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(settings(demo))
        config.flush()
        users = demo.first["users"]
        for who, path in ((users["admin"], None), (users["admin"], config.name), (users["instructor"], config.name),
                          (users["students"][0], config.name)):
            found.append(run(demo, who, given.examples, given.seed, path))
        if demo.process.poll() is not None:
            found.append(f"the server ended:\n{demo.tail()}")
    for text in filter(None, found):
        print(text, file=sys.stderr)
    print(f"requests made up from the document: {sum(map(bool, found))} runs with complaints")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
