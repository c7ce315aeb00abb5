"""What the suite expects of Python 2, for Python 3: octets are `str` of the characters U+0000 to U+00FF throughout it."""

import binascii
import codecs


def octets(text: str | bytes | None) -> bytes | None:
    """What the suite holds, as autobahn wants it."""
    return text.encode("latin-1") if isinstance(text, str) else text


def text(octets: bytes | str | None) -> str | None:
    """What autobahn gives, as the suite wants it."""
    return octets.decode("latin-1") if isinstance(octets, bytes) else octets


def b2a_hex(value: str | bytes) -> str:
    return binascii.b2a_hex(octets(value)).decode("ascii")


hexlify = b2a_hex


def shown(value: str | bytes, limit: int = 64) -> str:
    """For a report: its start, as text where it is UTF-8, else in hexadecimal."""
    raw, dots = octets(value), " ..."
    start = raw if len(raw) <= limit - len(dots) else raw[:limit]
    try:
        return start.decode("utf-8") + (dots if start != raw else "")
    except UnicodeDecodeError:
        return "0x" + hexadecimal(raw, limit)


def hexadecimal(value: str | bytes, limit: int = 64) -> str:
    """For a report: its start in hexadecimal."""
    raw, dots = octets(value), " ..."
    return b2a_hex(raw) if len(raw) <= limit - len(dots) else b2a_hex(raw[:limit]) + dots


class Masker:
    """Masks octets (RFC 6455, 5.3), all of them in one operation: autobahn's own goes octet by octet in Python."""

    def __init__(self, mask: bytes, length: int | None = None):
        self.mask = mask
        self.at = 0

    def pointer(self) -> int:
        return self.at

    def reset(self) -> None:
        self.at = 0

    def process(self, data: bytes) -> bytes:
        count, turn = len(data), self.at & 3
        pattern = ((self.mask[turn:] + self.mask[:turn]) * (count // 4 + 1))[:count]
        self.at += count
        return (int.from_bytes(data, "big") ^ int.from_bytes(pattern, "big")).to_bytes(count, "big")


class Utf8Validator:
    """Validates UTF-8 as it arrives, with Python's decoder: autobahn's own goes octet by octet in Python."""

    def __init__(self):
        self.reset()

    def reset(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.total = 0

    def validate(self, value: str | bytes) -> tuple[bool, bool, int, int]:
        """Whether all so far is valid, whether it ends with a whole character, and how far this part and all were read."""
        raw = octets(value)
        pending = len(self.decoder.getstate()[0])
        try:
            self.decoder.decode(raw)
        except UnicodeDecodeError as error:
            at = max(error.start - pending, 0)
            return False, False, at, self.total + at
        self.total += len(raw)
        return True, not self.decoder.getstate()[0], len(raw), self.total
