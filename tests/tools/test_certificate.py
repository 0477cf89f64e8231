"""The certificate of ``make run-lan``: which names it is for, when it is made anew, and who may read its key."""

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tools.certificate import VALID, Files, certificate

pytestmark = pytest.mark.anywhere

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ROOM = ("192.168.1.20", "10.0.0.7")


def names(files: Files) -> list[str]:
    made = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    known = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in known]


def test_it_is_for_every_address_and_for_this_computer_itself(tmp_path: Path) -> None:
    files = certificate(tmp_path, ROOM, "teachers-laptop", now=NOW)
    assert names(files) == ["localhost", "teachers-laptop", "teachers-laptop.local", "127.0.0.1", *ROOM]


def test_a_server_can_use_it(tmp_path: Path) -> None:
    files = certificate(tmp_path, ROOM, "here")
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    assert stat.S_IMODE(certificate(tmp_path, ROOM, "here").key.stat().st_mode) == 0o600


def test_it_is_kept_while_it_fits_so_that_no_phone_asks_again(tmp_path: Path) -> None:
    first = certificate(tmp_path, ROOM, "here", now=NOW).certificate.read_bytes()
    again = certificate(tmp_path, ROOM[:1], "here", now=NOW + timedelta(days=20)).certificate.read_bytes()
    assert again == first


@pytest.mark.parametrize(
    ("room", "host", "later"),
    [
        (("192.168.1.21",), "here", timedelta()),
        (ROOM, "there", timedelta()),
        (ROOM, "here", VALID - timedelta(days=1)),
        (ROOM, "here", VALID + timedelta(days=1)),
        (ROOM, "here", -timedelta(days=1)),
    ],
)
def test_it_is_made_anew_for_another_address_or_when_its_time_ends(
    tmp_path: Path, room: tuple[str, ...], host: str, later: timedelta
) -> None:
    first = certificate(tmp_path, ROOM, "here", now=NOW).certificate.read_bytes()
    assert certificate(tmp_path, room, host, now=NOW + later).certificate.read_bytes() != first


@pytest.mark.parametrize("broken", ["certificate.pem", "key.pem"])
def test_a_broken_file_is_made_anew(tmp_path: Path, broken: str) -> None:
    certificate(tmp_path, ROOM, "here", now=NOW)
    (tmp_path / broken).write_text("nothing of use", encoding="utf-8")
    files = certificate(tmp_path, ROOM, "here", now=NOW)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


def test_the_key_of_another_certificate_is_not_taken(tmp_path: Path) -> None:
    certificate(tmp_path / "one", ROOM, "here", now=NOW)
    other = certificate(tmp_path / "two", ROOM, "here", now=NOW)
    (tmp_path / "one" / "key.pem").write_bytes(other.key.read_bytes())
    files = certificate(tmp_path / "one", ROOM, "here", now=NOW)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


@pytest.mark.parametrize("host", ["a host", "", "host.example.org", "*", "büro"])
def test_a_host_name_that_is_none_is_left_out(tmp_path: Path, host: str) -> None:
    assert names(certificate(tmp_path, ROOM, host, now=NOW)) == ["localhost", "127.0.0.1", *ROOM]
