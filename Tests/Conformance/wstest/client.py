"""Runs the suite's fuzzing client in the interpreter that prepare.py made; its specification is the only argument.

Besides what the suite knows, the specification has `messages`: how many messages each case that repeats one exchange sends
(9.7, 9.8, 12 and 13; 1,000 as published).
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True

import python2  # noqa: E402

from twisted.internet import epollreactor  # noqa: E402

epollreactor.install()

from autobahn.websocket import protocol, utf8validator  # noqa: E402

protocol.createXorMasker = python2.Masker
protocol.Utf8Validator = utf8validator.Utf8Validator = python2.Utf8Validator

from autobahntestsuite import case, fuzzing  # noqa: E402
from twisted.internet import reactor  # noqa: E402


class Client(fuzzing.FuzzingClientProtocol):
    """Where the suite's text that stands for octets becomes octets, and the other way round."""

    def sendFrame(self, opcode, payload=b"", payload_len=None, **rest):
        raw = python2.octets(payload)
        if payload_len is not None:
            raw = (raw * (payload_len // len(raw) + 1))[:payload_len]
        super().sendFrame(opcode, raw, **rest)

    def sendMessage(self, payload, *arguments, **rest):
        super().sendMessage(python2.octets(payload), *arguments, **rest)

    def sendMessageFrameData(self, payload, *arguments, **rest):
        return super().sendMessageFrameData(python2.octets(payload), *arguments, **rest)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, python2.octets(reasonUtf8), isReply)
        self.localCloseReason = python2.text(self.localCloseReason)

    def onMessage(self, payload, isBinary):
        super().onMessage(python2.text(payload), isBinary)

    def onPong(self, payload):
        super().onPong(python2.text(payload))


class Factory(fuzzing.FuzzingClientFactory):
    """Says each result when it is there: the report comes only at the end."""

    def logCase(self, results):
        super().logCase(results)
        print(f"{results['id']}: {results['behavior']}, close {results['behaviorClose']}, {results['duration']} ms", flush=True)


def main() -> None:
    specification = json.loads(pathlib.Path(sys.argv[1]).read_text())
    fuzzing.FuzzingClientProtocol, fuzzing.FuzzingClientFactory = Client, Factory
    fuzzing.binLogData, fuzzing.asciiLogData = python2.hexadecimal, python2.shown
    for one in case.Cases:
        if hasattr(one, "COUNT"):
            one.DESCRIPTION = one.DESCRIPTION.replace(f"Send {one.COUNT} ", f"Send {specification['messages']} ")
            one.COUNT = specification["messages"]
    fuzzing.startClient(specification)
    reactor.run()


if __name__ == "__main__":
    main()
