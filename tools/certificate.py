"""A certificate for this machine's addresses, signed by itself: enough for https in a room."""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from distill_core.files import atomic_write

__all__ = ["Files", "certificate"]

VALID = timedelta(days=30)
SPARE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Files:
    """``key`` can be read by its owner alone."""

    certificate: Path
    key: Path


def certificate(folder: Path, addresses: Sequence[str], host: str, *, now: datetime | None = None) -> Files:
    """The files in ``folder``: those that are there where they fit these addresses and are not about to end, so that
    no phone has to accept another; else new ones."""
    moment = now or datetime.now(UTC)
    files = Files(folder / "certificate.pem", folder / "key.pem")
    names = _names(addresses, host)
    if not _fits(files, names, moment):
        _make(files, names, moment)
    return files


def _names(addresses: Sequence[str], host: str) -> list[x509.GeneralName]:
    plain = host.isascii() and host.replace("-", "a").isalnum()
    hosts = dict.fromkeys(["localhost", *([host, f"{host}.local"] if plain else [])])
    numbers = dict.fromkeys(["127.0.0.1", *addresses])
    return [*map(x509.DNSName, hosts), *(x509.IPAddress(ipaddress.ip_address(one)) for one in numbers)]


def _fits(files: Files, names: list[x509.GeneralName], now: datetime) -> bool:
    try:
        known = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        there = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == known.public_key()
        and set(names) <= set(there)
        and known.not_valid_before_utc <= now < known.not_valid_after_utc - SPARE
    )


def _make(files: Files, names: list[x509.GeneralName], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Distill Lab on this computer")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # a phone's clock may be behind
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write_secret(files.key, key.private_bytes(serialization.Encoding.PEM, form, plain))
    atomic_write(files.certificate, made.public_bytes(serialization.Encoding.PEM))


def _write_secret(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
