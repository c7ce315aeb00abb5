"""Writes Tests/Features/content-signatures.json: what botocore, which shares nothing with us, makes of some requests.

    .build/venv/bin/python Tests/Tools/content_signatures.py

The Swift tests of `Content` read the file; it changes only when the cases below do.
"""

import datetime
import hashlib
import json
import pathlib
import unittest.mock
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TARGET = pathlib.Path(__file__).resolve().parents[1] / "Features" / "content-signatures.json"
ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PATHS = ["/bucket/17/ab/cd/abcd", "/bucket/a b+c", "/bucket/é/ü~-_.x", "/bucket/%41", "/b/(x)!*'&=@:,$", "/bucket//x"]
QUERIES = [[], [["response-content-type", "text/plain; charset=utf-8"],
                ["response-content-disposition", "attachment; filename=\"a b.txt\"; filename*=UTF-8''%C3%A9+1.txt"]]]
TIMES = [0, 1_369_353_600_000, 1_795_000_000_000]


class Clock(datetime.datetime):
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

    @classmethod
    def now(cls, tz=None):
        return cls.moment

    @classmethod
    def utcnow(cls):
        return cls.moment.replace(tzinfo=None)


def cases():
    credentials = Credentials(ACCESS, SECRET)
    for time in TIMES:
        Clock.moment = datetime.datetime.fromtimestamp(time / 1000, datetime.timezone.utc)
        for path in PATHS:
            for host in ["s3.eu-central-1.amazonaws.com", "127.0.0.1:9000"]:
                url = f"http://{host}{quote(path, safe='/~')}"
                body = hashlib.sha256(path.encode()).hexdigest()
                request = AWSRequest("PUT", url, headers={
                    "content-type": "application/octet-stream", "host": host, "x-amz-content-sha256": body})
                signer = S3SigV4Auth(credentials, "s3", "eu-central-1")
                with unittest.mock.patch.object(signer, "payload", return_value=body):
                    signer.add_auth(request)
                yield {"kind": "header", "host": host, "path": path, "time": time, "payload": body,
                       "authorization": request.headers["Authorization"], "date": request.headers["X-Amz-Date"]}
                for query in QUERIES:
                    request = AWSRequest("GET", url, params=dict(query), headers={"host": host})
                    request.url = url + ("?" + "&".join(
                        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query) if query else "")
                    request.params = {}
                    S3SigV4QueryAuth(credentials, "s3", "eu-central-1", expires=300).add_auth(request)
                    parts = dict(one.split("=", 1) for one in urlsplit(request.url).query.split("&"))
                    yield {"kind": "query", "host": host, "path": path, "time": time, "query": query,
                           "signature": parts["X-Amz-Signature"]}


def main():
    import botocore.auth
    import botocore.compat
    with unittest.mock.patch.object(botocore.auth, "get_current_datetime",
                                    lambda remove_tzinfo=True: Clock.utcnow() if remove_tzinfo else Clock.now()):
        rows = list(cases())
    TARGET.write_text(json.dumps({"access": ACCESS, "secret": SECRET, "rows": rows}, indent=0) + "\n")
    print(f"{len(rows)} rows, date {rows[0].get('date')}")


if __name__ == "__main__":
    main()
