"""An authority of the tests' own and certificates that it issues, made by OpenSSL's command; nothing of it is kept."""

import pathlib
import subprocess


class Authority:
    """Makes keys and certificates in a folder; `file` is what clients trust."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "authority.pem"
        self.key = folder / "authority.key"
        self._openssl("req", "-x509", *self._new_key("ec"), "-keyout", self.key, "-out", self.file, "-days", "90",
                      "-subj", "/CN=Cohort test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name: str, kind: str = "ec", names: str = "DNS:localhost,IP:127.0.0.1") -> tuple:
        """A certificate for `names` with a key of the kind `ec` or `rsa`; its file, with the chain, and the key's."""
        chain, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extra = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        self._openssl("req", "-new", *self._new_key(kind), "-keyout", key, "-out", request, "-subj", "/CN=Cohort test")
        extra.write_text(f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"
                         "keyUsage=critical,digitalSignature\n")
        self._openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial",
                      "-days", "89", "-extfile", extra, "-out", chain)
        return chain, key

    @staticmethod
    def _new_key(kind: str) -> list[str]:
        options = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["rsa:2048"]
        return ["-newkey", *options, "-nodes"]

    @staticmethod
    def _openssl(*arguments) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def settings(*identities: tuple, more: str = "") -> str:
    """The part of cohort.yaml that has a server show these certificates at a port of its choice."""
    chains = ", ".join(f'"{chain}"' for chain, _ in identities)
    keys = ", ".join(f'"{key}"' for _, key in identities)
    return f'tls:\n  listen: "0"\n  certificates: [{chains}]\n  keys: [{keys}]\n{more}'
