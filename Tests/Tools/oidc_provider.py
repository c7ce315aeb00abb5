#!/usr/bin/env python3
"""A real OpenID Connect provider for tests, on loopback and over http: oidc-provider-mock.

    oidc_provider.py FOLDER [CLAIMS]

CLAIMS is a JSON array of {"sub": …, "claims": {…}}: whom it knows. Its port stands in ready.json.
"""
import json
import pathlib
import sys
import time
import warnings

warnings.simplefilter("ignore")

import oidc_provider_mock  # noqa: E402
from oidc_provider_mock import User  # noqa: E402


def main():
    folder = pathlib.Path(sys.argv[1])
    users = [User(sub=one["sub"], claims=one["claims"]) for one in json.loads(sys.argv[2] if len(sys.argv) > 2 else "[]")]
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=users) as server:
        temporary = folder / "ready.part"
        temporary.write_text(json.dumps({"port": server.server_port}))
        temporary.rename(folder / "ready.json")
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
