"""Names and certificates for tests: a DNS in a table, and TLS that trusts a certificate of its own."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest

from aggregator.polling.ip_address_rules import IPAddress
from tests.processes import completed


class Names:
    """A DNS in a table; a name with several answers gives them in turn, and nobody answers when it is ``down``."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []
        self.down = False

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        assert port > 0
        self.asked.append(host)
        if self.down:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        answers = self.names.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [ip_address(text) for text in (answers.pop(0) if len(answers) > 1 else answers[0])]


def certificate_for(name: str, folder: Path) -> Path:
    """Key and self-signed certificate of a name in one file; skips the test without openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificate with openssl")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    completed(*command, check=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return both


@dataclass(frozen=True, kw_only=True, slots=True)
class Tls:
    """The two ends of TLS under one name: what a publisher serves, and whom a service trusts."""

    served: ssl.SSLContext
    trusting: ssl.SSLContext

    @classmethod
    def of(cls, name: str, folder: Path) -> Tls:
        """TLS under a name, with a certificate made in a folder."""
        certificate = certificate_for(name, folder)
        served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        served.load_cert_chain(certificate)
        return cls(served=served, trusting=ssl.create_default_context(cafile=str(certificate)))
