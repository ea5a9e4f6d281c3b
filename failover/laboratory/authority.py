"""Certificates of the laboratory, made by openssl: an authority, and whom it signs.

    authority = Authority(folder)             ca.pem, ca.key
    authority.sign("etcd-dc-a", address, server=True)     NAME.pem and NAME.key

A member of etcd needs both purposes, server and client: its gateway dials its own port.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from failover.laboratory.problem import NoLaboratory
from failover.register.etcd_gateway import TlsFiles

DAYS = 2
SECONDS_MAX = 30.0
LOOPBACK = "127.0.0.1"


class Authority:
    """Writes PEM files into a folder; keys are readable by their owner alone."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self.path = folder / "ca.pem"
        self._key = folder / "ca.key"
        _request("laboratory", self._key, self.path, ["basicConstraints=critical,CA:TRUE"], [])

    def sign(self, name: str, address: str, *, server: bool) -> TlsFiles:
        """A certificate for an address, `localhost` and the loopback address, with its key."""
        files = TlsFiles(self.path, self._folder / f"{name}.pem", self._folder / f"{name}.key")
        purposes = "serverAuth,clientAuth" if server else "clientAuth"
        extensions = [
            "basicConstraints=critical,CA:FALSE",
            f"subjectAltName=DNS:localhost,IP:{LOOPBACK},IP:{address}",
            f"extendedKeyUsage={purposes}",
        ]
        signer = ["-CA", str(self.path), "-CAkey", str(self._key)]
        _request(name, files.key, files.certificate, extensions, signer)
        return files


def _request(
    name: str, key: Path, certificate: Path, extensions: list[str], signer: list[str]
) -> None:
    """One key and its certificate; signed by itself without a signer. Source: openssl-req(1)."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-sha256", "-days", str(DAYS), "-subj", f"/CN={name}", "-config", "-"]
    command += ["-keyout", str(key), "-out", str(certificate), *signer]
    for extension in extensions:
        command += ["-addext", extension]
    done = subprocess.run(
        command,
        input="[req]\ndistinguished_name = name\n[name]\n",
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
        process_group=0,
    )
    if done.returncode:
        raise NoLaboratory(f"openssl: {done.stderr.strip()}", "it takes OpenSSL 3.0 or newer")
