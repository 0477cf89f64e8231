"""Sentences for files that know no Markdown."""

import re

__all__ = ["unmarked"]


def unmarked(markdown: str) -> str:
    """The text of a sentence in Markdown: without emphasis, links and backslashes."""
    linked = re.sub(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\([^)]*\)", r"\1", markdown)
    firm = re.sub(r"(?<!\\)\*\*", "", linked)
    return re.sub(r"\\(.)", r"\1", firm).replace("\u200b", "")
