#!/usr/bin/env python3
"""A real SMTP relay for tests: writes what it is given into its folder, one file a letter.

    smtp_relay.py FOLDER [--certificate FILE --key FILE [--implicit]] [--password TEXT] [--busy N]

With a certificate it demands STARTTLS, or with --implicit speaks TLS from the first byte. With a password it takes letters of
the user `cohort` only. The first N letters are put off (451); whoever is called `refused` is refused (550). Port and host
stand in ready.json. Needs aiosmtpd.
"""
import argparse
import asyncio
import json
import pathlib
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


class Letters:
    """Takes letters, and counts the tries."""

    def __init__(self, folder, busy):
        self.folder, self.busy, self.count = folder, busy, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.busy > 0:
            self.busy -= 1
            return "451 try again later"
        self.count += 1
        letter = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.content.decode(),
                  "tls": server.transport.get_extra_info("sslcontext") is not None,
                  "user": session.auth_data and session.auth_data.decode()}
        temporary = self.folder / "letter.part"
        temporary.write_text(json.dumps(letter))
        temporary.rename(self.folder / f"letter-{self.count}.json")
        return "250 taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--password")
    parser.add_argument("--busy", type=int, default=0)
    given = parser.parse_args()

    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"cohort", (given.password or "").encode())
        return AuthResult(success=good, handled=False, auth_data=data.login if good else None)

    options, context = {"hostname": "localhost"}, None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)
        if not given.implicit:
            options.update(tls_context=context, require_starttls=True)
    if given.password:
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=not given.implicit)
    handler = Letters(given.folder, given.busy)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(
        lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", 0, ssl=context if given.implicit else None))
    port = server.sockets[0].getsockname()[1]
    temporary = given.folder / "ready.part"
    temporary.write_text(json.dumps({"host": "localhost", "port": port}))
    temporary.rename(given.folder / "ready.json")
    loop.run_forever()


if __name__ == "__main__":
    main()
