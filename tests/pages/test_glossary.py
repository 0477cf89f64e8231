"""The Glossary page: all terms, those that have a text, none."""

from ui.screens.glossary import CHAPTERS, TERMS


def test_every_term_has_an_anchor_and_its_picture(lab, screen):
    page = screen("glossary")
    assert not page.exception
    assert page.title[0].value == "Glossary"
    assert [one.value for one in page.header] == list(CHAPTERS)
    assert [one.proto.anchor for one in page.subheader] == list(TERMS)
    assert sum("<img" in one.proto.body for one in page.get("html")) == len(TERMS)


def test_a_text_leaves_the_terms_that_have_it_and_stands_in_the_link(lab, screen):
    page = screen("glossary", term="tucker")
    assert [one.value for one in page.subheader] == ["Tucker decomposition"]
    assert "term=tucker" in page.code[0].value


def test_a_text_that_no_term_has_is_told(lab, screen):
    page = screen("glossary", term="*zz*")
    assert len(page.subheader) == 0
    assert "No term has" in page.info[0].value
