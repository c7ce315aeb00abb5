"""The same with an object store behind the server: moto's, over HTTP."""

import pathlib
import subprocess
import sys
import urllib.parse

import boto3
import canvasapi
import pytest
import requests

from Rig.demo import ROOT, Demo, locate

BUCKET = "school-files"


@pytest.fixture(scope="module")
def store():
    """A store of this run, with a bucket."""
    process = subprocess.Popen([sys.executable, str(ROOT / "Tests" / "Tools" / "moto_server.py")],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    endpoint = f"http://127.0.0.1:{int(process.stdout.readline())}"
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="key",
                          aws_secret_access_key="secret")
    client.create_bucket(Bucket=BUCKET)
    client.endpoint = endpoint
    yield client
    process.stdin.close()
    process.wait(30)


@pytest.fixture(scope="module")
def server(request, store):
    settings = f"""
content:
  s3-endpoint: {store.endpoint}
  s3-bucket: {BUCKET}
  s3-prefix: cohort/
  s3-access-key: key
  s3-secret-key: secret
outgoing:
  allowed-networks: [127.0.0.0/8]
"""
    with Demo(locate(request.config.getoption("--cohort")), config=settings) as demo:
        yield demo


def objects(store) -> dict:
    return {one["Key"]: one["Size"] for one in store.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def test_files_lie_in_the_store_and_are_read_from_it(server, store, tmp_path: pathlib.Path):
    course = canvasapi.Canvas(server.base, server.first["users"]["instructor"]["api_token"]).get_course(
        server.ready["course_id"])
    content = bytes(range(256)) * 20_000
    (tmp_path / "große datei.bin").write_bytes(content)
    done, made = course.upload(str(tmp_path / "große datei.bin"))
    assert done, made
    assert list(objects(store).values()) == [len(content)]
    name = next(iter(objects(store)))
    assert name.startswith(f"cohort/{server.first['id']}/")
    # Nothing of it stays on the node.
    left = [path for path in (server.folder / "data" / "content").rglob("*") if path.is_file()]
    assert left == []

    led = requests.get(made["url"], allow_redirects=False, timeout=30)
    assert led.status_code == 302 and led.headers["Location"].startswith(f"{store.endpoint}/{BUCKET}/{name}?")
    read = requests.get(made["url"], timeout=30)
    assert read.content == content
    assert read.headers["Content-Disposition"].startswith("attachment;")
    assert course.get_file(made["id"]).get_contents(binary=True) == content
    refused = requests.get(made["url"].replace("md5=", "md5=A"), allow_redirects=False, timeout=30)
    assert refused.status_code == 403

    # The same content again is the same object; another institution's has its own.
    (tmp_path / "copy.bin").write_bytes(content)
    assert course.upload(str(tmp_path / "copy.bin"))[0]
    assert len(objects(store)) == 1
    other = server.second["users"]["students"][0]
    me = canvasapi.Canvas(server.base, other["api_token"]).get_current_user()
    assert me.upload(str(tmp_path / "copy.bin"))[0]
    assert {urllib.parse.unquote(key).split("/")[1] for key in objects(store)} == {
        str(server.first["id"]), str(server.second["id"])}
