"""Fetches the Autobahn test suite from PyPI and makes it run under Python 3, all in .build/autobahn.

The suite is Python 2 of 2018. Its sources are translated with fissix (lib2to3's successor) and a few replacements, each of
which must be met: a suite that differs from what is expected is refused. Nothing of it is part of this repository.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

SUITE = "autobahntestsuite-0.8.2"
HERE = pathlib.Path(__file__).resolve().parent
#: setup.py of 2015 needs a setuptools that still has its `test` command.
BUILDERS = ["setuptools==69.5.1", "wheel==0.45.1"]
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"]
DOWNLOAD_LIMIT = 300
#: What pip says when nobody answers it; whatever else goes wrong there is an error.
NO_ANSWER = ["NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "NameResolutionError",
             "Temporary failure in name resolution", "Connection reset by peer", "Max retries exceeded"]

#: What fissix does not know, by file: what is there, and what takes its place.
REPLACEMENTS = {
    # 9.9.1 is not among its cases, and uses what zope.interface no longer has.
    "case/__init__.py": [("from case9_9_1 import *\n", "")],
    "case/case.py": [("pickle.dumps(obj1) == pickle.dumps(obj2)", "obj1 == obj2")],
    "case/case6_x_x.py": [("(object, Case, )", "(Case, )")],
    "case/case7_7_X.py": [("(object, Case, )", "(Case, )")],
    "case/case7_9_X.py": [("(object, Case, )", "(Case, )")],
    "case/case9_7_X.py": [("(object, Case, )", "(Case, )")],
    "case/case10_1_1.py": [("len(self.payload) / self.p", "len(self.payload) // self.p")],
    "case/case12_x_x.py": [
        ("(object, Case, )", "(Case, )"),
        ("def onMessage(self, msg, binary):\n", "def onMessage(self, msg, binary):\n   msg = python2.octets(msg)\n"),
        ("import copy, os, pkg_resources,", "import copy, os,"),
        ('pkg_resources.resource_filename("autobahntestsuite", ',
         'os.path.join(os.path.dirname(os.path.dirname(__file__)), '),
    ],
    "caseset.py": [(r".replace('.', '\.')", r".replace('.', '\\.')")],
    "fuzzing.py": [
        ("textwrap, pkg_resources", "textwrap"),
        ("import reactor, ssl", "import reactor"),
        ("p = ''.join(payload)", "p = b''.join(payload)"),
        ("ll.encode('utf8')", "ll"),
        ("self.http_request_data if", "python2.text(self.http_request_data) if"),
        ("self.http_response_data if", "python2.text(self.http_response_data) if"),
        ('c[1])).encode("utf-8")', "c[1]))"),
    ],
    "report.py": [("import jinja2\n", "")],
}
#: Where the reports of WAMP begin, which are not needed.
REPORT_END = "REPORT_DIR_PERMISSIONS"


class Unreachable(Exception):
    """PyPI did not answer."""


def prepared(folder: pathlib.Path) -> pathlib.Path:
    """The interpreter that has the suite; fetches and translates it when that was not done, or was done otherwise."""
    python = folder / "venv" / "bin" / "python"
    stamp = folder / "prepared"
    made_from = [HERE / name for name in ("prepare.py", "requirements.txt", "sdists.txt")]
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and python.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, timeout=120)
    pip(python, "install", *BUILDERS, "-r", str(HERE / "requirements.txt"))
    sdists = folder / "sdists"
    # With its checksum each: a sdist's setup.py is run.
    pip(python, "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes",
        "--dest", str(sdists), "-r", str(HERE / "sdists.txt"))
    pip(python, "install", "--no-deps", "--no-build-isolation", "--no-index",
        *(str(one) for one in sorted(sdists.glob("*.tar.gz")) if not one.name.startswith(SUITE)))
    with tarfile.open(sdists / f"{SUITE}.tar.gz") as archive:
        archive.extractall(folder / "source")
    subprocess.run([str(python), str(HERE / "prepare.py"), str(folder)], check=True, timeout=120)
    stamp.write_text(wanted)
    return python


def pip(python: pathlib.Path, *arguments: str) -> None:
    try:
        done = subprocess.run([str(python), *PIP, *arguments], capture_output=True, text=True, timeout=DOWNLOAD_LIMIT)
    except subprocess.TimeoutExpired as late:
        raise Unreachable(f"pip {arguments[0]} took more than {DOWNLOAD_LIMIT} s") from late
    if done.returncode:
        said = done.stderr.strip()
        if found := next((sign for sign in NO_ANSWER if sign in said), None):
            raise Unreachable(f"pip {arguments[0]}: {found}")
        raise SystemExit(f"pip {arguments[0]} failed:\n{said}")


def translate(folder: pathlib.Path) -> None:
    """Writes the suite's modules anew, for Python 3; run by the interpreter that has fissix."""
    from fissix.refactor import RefactoringTool, get_fixers_from_package

    source = folder / "source" / SUITE / "autobahntestsuite"
    target = folder / "suite" / "autobahntestsuite"
    tool = RefactoringTool(get_fixers_from_package("fissix.fixes"))
    shutil.copytree(source / "testdata", target / "testdata")
    modules = [*sorted((source / "case").glob("*.py")), source / "_version.py", *(source / name for name in REPLACEMENTS)]
    for path in dict.fromkeys(modules):
        name = str(path.relative_to(source))
        # Octets stay octets: each becomes the character of its number, in the literals, too.
        code = path.read_bytes().decode("latin-1").replace("\r\n", "\n").replace("# coding=utf-8", "# coding=latin-1")
        if name == "report.py":
            code = code[:code.index(REPORT_END)]
        for old, new in REPLACEMENTS.get(name, []):
            if old not in code:
                raise SystemExit(f"{name} of the suite has no {old!r}")
            code = code.replace(old, new)
        code = re.sub(r"\bbinascii\b", "python2", code)
        code = str(tool.refactor_string(code + "\n", str(path)))
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(code.encode("latin-1"))
    (target / "__init__.py").write_text("from ._version import __version__\nversion = __version__\n")


if __name__ == "__main__":
    translate(pathlib.Path(sys.argv[1]))
