"""Who can come to the lab, by which address, and what they are told."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno

from tools.certificate import certificate
from ui.browser.invitation import CERTIFICATE, CLOSED, NOWHERE, PLAIN, Invitation, invite
from ui.browser.network import is_loopback, room_addresses, self_signed

QUERY = {"runs": ["a1", "b2"], "auto": 1}


def asked(**changed: object) -> Invitation:
    values = {"address": "http://127.0.0.1:8501/benchmark", "bound": "0.0.0.0", "port": 8501, "secure": False}
    return invite("benchmark", QUERY, **{**values, "room": ("192.168.1.20", "10.0.0.7"), **changed})  # type: ignore[arg-type]


def test_who_came_by_loopback_is_given_the_address_in_the_room() -> None:
    there = asked()
    assert there.url == "http://192.168.1.20:8501/benchmark?runs=a1&runs=b2&auto=1"
    assert there.sentences == (PLAIN,)
    assert not there.secure


def test_over_https_the_certificate_is_explained() -> None:
    there = asked(secure=True, port=9000, warned=("192.168.1.20",))
    assert (there.url or "").startswith("https://192.168.1.20:9000/benchmark?")
    assert there.sentences == (CERTIFICATE,)
    assert there.secure


def test_others_come_the_way_this_visitor_came() -> None:
    there = asked(address="https://lab.school.example/benchmark?runs=x", bound="127.0.0.1")
    assert there.url == "https://lab.school.example/benchmark?runs=a1&runs=b2&auto=1"
    assert (there.secure, there.sentences) == (True, ())


def test_a_proper_certificate_in_front_of_the_labs_own_needs_no_words() -> None:
    own = {"secure": True, "warned": ("192.168.1.20", "localhost")}
    assert asked(address="https://lab.school.example/benchmark", **own).sentences == ()
    assert asked(address="https://192.168.1.20:8501/benchmark", **own).sentences == (CERTIFICATE,)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://lab.test:8801/lab/benchmark", "http://lab.test:8801/lab/benchmark"),
        ("https://hub.test/user/me/proxy/8501/benchmark?x=1", "https://hub.test/user/me/proxy/8501/benchmark"),
        ("http://127.0.0.1:8501/lab/benchmark", "http://192.168.1.20:8501/lab/benchmark"),
    ],
)
def test_the_path_of_the_lab_is_in_the_address(address: str, url: str) -> None:
    assert (asked(address=address, base="/lab").url or "").partition("?")[0] == url


def test_a_certificate_of_the_labs_making_is_known_by_its_names(tmp_path: Path) -> None:
    made = certificate(tmp_path, ["192.168.7.7"], "desk").certificate
    assert {"192.168.7.7", "127.0.0.1", "localhost", "desk", "desk.local"} <= self_signed(str(made))
    assert self_signed(str(tmp_path / "none.pem")) == frozenset()


@pytest.mark.parametrize("bound", ["127.0.0.1", "localhost", "::1"])
def test_a_lab_for_this_computer_alone_says_how_to_open_it(bound: str) -> None:
    there = asked(bound=bound)
    assert (there.url, there.svg, there.sentences) == (None, None, (CLOSED,))
    assert "make run-lan" in CLOSED


def test_a_lab_bound_to_one_address_is_reached_there() -> None:
    assert (asked(bound="192.168.7.7").url or "").startswith("http://192.168.7.7:8501/")


def test_without_a_network_there_is_nowhere_to_go() -> None:
    there = asked(room=())
    assert (there.url, there.sentences) == (None, (NOWHERE,))


def test_the_picture_says_the_address_on_white() -> None:
    there = asked()
    drawn = ElementTree.fromstring(there.svg or "")
    assert drawn.tag.endswith("svg")
    assert "#fff" in (there.svg or "")
    assert there.svg == segno.make(there.url or "", error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", scale=4
    )


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("127.0.0.1", True),
        ("[::1]", True),
        ("localhost", True),
        ("a.localhost", True),
        ("192.168.1.2", False),
        ("lab.test", False),
    ],
)
def test_what_only_this_computer_means(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one


def test_the_addresses_of_the_room_are_no_loopback_and_each_once() -> None:
    found = room_addresses()
    assert not any(map(is_loopback, found))
    assert len(set(found)) == len(found)
