"""A private nginx with the configuration of deploy/nginx, its own ports, cache and secret put in the marked lines."""

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/content.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Edge:
    """`with Edge(port, upstream, secret) as edge:` runs it; it listens on 127.0.0.1 without TLS."""

    def __init__(self, port: int, upstream: str, secret: str):
        self.port = port
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cohort-edge-"))
        text = (ROOT / "deploy" / "nginx" / "content.conf").read_text()
        for pattern, value in [
            (r"proxy_cache_path \S+", f"proxy_cache_path {self.folder}/cache"),
            (r"server 127\.0\.0\.1:8080;", f"server {upstream};"),
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
            (r"ssl_certificate\w* [^\n]*\n", "\n"), (r'\$uri SECRET"', f'$uri {secret}"'),
        ]:
            text, count = re.subn(pattern, value, text)
            assert count > 0, f"deploy/nginx/content.conf has no line {pattern}"
        (self.folder / "content.conf").write_text(text)
        user = "user root;" if pathlib.Path("/proc/self").owner() == "root" else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))

    def __enter__(self) -> "Edge":
        self.process = subprocess.Popen(
            [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")])
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                log = self.folder / "error.log"
                assert self.process.poll() is None and time.monotonic() < end, log.read_text() if log.exists() else ""
                time.sleep(0.05)

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
