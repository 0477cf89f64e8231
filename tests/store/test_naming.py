"""Names, tags and notes: which texts are taken, how they are stored, and which experiments a search finds."""

import pytest

from distill_core.errors import InvalidSetting, NotFound
from distill_core.store import JobSearch, JobState, Store
from distill_core.store.naming import checked_name, checked_note, checked_tags, tags_of, to_lines
from tests.store.records import a_job

pytestmark = pytest.mark.anywhere

NAMES = ["Erster Versuch", "第一次實驗", "تجربهٔ می\u200cخواهم", "प्रयोग", "👩\u200d🔬 α = 0.9", "**bold** <b>"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_kept_as_it_is(name: str, store: Store) -> None:
    store.add_job(a_job())
    store.rename_job("a", name=f"  {name} ")
    assert store.job("a").name == name
    assert [job.id for job in store.jobs(search=JobSearch(words=name))] == ["a"]


@pytest.mark.parametrize("text", ["a" * 81, "a\0b", "a\u202eb", "\ud800", "a\u200bb", "\u2066x", 7])
def test_a_name_that_is_too_long_or_hides_something_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting):
        checked_name(text)


def test_spaces_and_composed_letters_are_made_alike() -> None:
    assert checked_name(" a \t b\n c ") == "a b c"
    assert checked_name("e\u0301") == "\u00e9"
    assert checked_name(" ") == ""


def test_tags_come_once_and_are_few() -> None:
    assert checked_tags(["Paper", "paper ", "", "for  Monday"]) == ("Paper", "for Monday")
    assert tags_of(to_lines(["a", "b c"])) == ("a", "b c")
    assert (to_lines([]), tags_of("")) == ("", ())
    for tags in ([str(number) for number in range(11)], ["x" * 33], ["a\u202e"]):
        with pytest.raises(InvalidSetting):
            checked_tags(tags)


def test_a_note_has_lines_and_an_end() -> None:
    assert checked_note(" one \r\n\n two\t2 ") == "one\n\n two\t2"
    for note in ("n" * 2_001, "a\x1b[31m"):
        with pytest.raises(InvalidSetting):
            checked_note(note)


def test_what_is_not_said_stays_and_what_is_refused_changes_nothing(store: Store) -> None:
    store.add_job(a_job())
    store.rename_job("a", name="First", tags=["x", "y"], note="why")
    store.rename_job("a", tags=["x"])
    job = store.job("a")
    assert (job.name, tags_of(job.tags), job.note, job.title) == ("First", ("x",), "why", "Default comparison")
    with pytest.raises(InvalidSetting):
        store.rename_job("a", name="Second", note="\0")
    assert store.job("a") == job
    store.rename_job("a", name="", tags=[], note="")
    assert store.job("a") == a_job()
    with pytest.raises(NotFound):
        store.rename_job("none", name="x")


def test_all_tags_and_names_are_listed_once(store: Store) -> None:
    for job, tags in (("a", ["b", "Z"]), ("b", ["b"]), ("c", [])):
        store.add_job(a_job(job))
        store.rename_job(job, name="same" if tags else "", tags=tags)
    assert (store.tags(), store.names()) == (["b", "Z"], {"same"})


def test_a_search_goes_through_titles_names_tags_and_specifications(store: Store) -> None:
    told = {"task": "digits", "method": "kd", "architecture": "resnet8"}
    specification = "{" + ", ".join(f'"{field}": "{value}"' for field, value in told.items()) + "}"
    store.add_job(a_job("a", specification=specification, state=JobState.FINISHED))
    store.add_job(a_job("b", title="Grid of 9"))
    store.rename_job("a", name="Über Nacht", tags=["workshop", "day 2"])
    for search, found in (
        (JobSearch(), ["b", "a"]),
        (JobSearch(words="nacht WORKSHOP comparison"), ["a"]),
        (JobSearch(words="über"), ["a"]),
        (JobSearch(words="ÜBER"), ["a"]),
        (JobSearch(words="100%"), []),
        (JobSearch(words="residual"), []),
        (JobSearch(words="residual", also=(("residual", "resnet8"),)), ["a"]),
        (JobSearch(words="residual", also=(("residual", "resnet"),)), []),
        (JobSearch(tasks=("digits",), method="kd"), ["a"]),
        (JobSearch(tasks=("digits",), method="dkd"), []),
        (JobSearch(tasks=("speakers", "digits")), ["a"]),
        (JobSearch(method="digits"), []),
        (JobSearch(tag="day 2"), ["a"]),
        (JobSearch(tag="day"), []),
    ):
        assert [job.id for job in store.jobs(search=search)] == found, search
    assert [job.id for job in store.jobs(1, skip=1)] == ["a"]
    assert [job.id for job in store.jobs(states=[JobState.QUEUED], search=JobSearch(words="grid"))] == ["b"]
