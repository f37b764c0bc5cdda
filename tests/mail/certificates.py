"""A mail server's certificate, made for one test run, and a network on which its name is known."""

import asyncio
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "mail.acme.example"
"""A name that is not this machine's: certificates are looked at, and passwords need TLS."""


@dataclass(frozen=True)
class Certificate:
    """A certificate that vouches for itself, with its key."""

    file: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        """What a server that has it speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file, self.key)
        return context


def make_certificate(folder: Path, name: str = HOST) -> Certificate:
    """Made by OpenSSL's own command: nothing that Python brings along can sign one."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}",
            "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
            "-keyout", str(made.key), "-out", str(made.file),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


class Network(asyncio.SelectorEventLoop):
    """A loop on whose network the mail server's name leads to this machine."""

    async def getaddrinfo(self, host: Any, port: Any, **given: Any) -> Any:
        return await super().getaddrinfo("127.0.0.1" if host == HOST else host, port, **given)
