"""A specification under way, right or wrong, in session state and in the address of its page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from distill_core.errors import DistillError, InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import Specification
from ui.forms import packed
from ui.forms.old_links import OldLinks
from ui.forms.plain import lean
from ui.forms.spec_form import Form
from ui.shell import address
from ui.text import words
from ui.text.language import N_, _

__all__ = ["Draft", "of_template", "open_drafts", "refuse"]

Values = dict[str, Any]
REPLACED = N_("The specification of the link is in the form, in place of what stood there.")


class Draft(Form):
    """The form of a specification that stands in an address, packed, as ``parameter``.

    ``usual`` are its values before a visitor changes one. ``short`` leaves out of values what an address need not say,
    and ``whole`` makes of what an address says values that the form can show, or raises InvalidSetting. ``beside``:
    further keys of session state that belong to the values, and go with them.
    """

    def __init__(
        self,
        name: str,
        *,
        usual: Callable[[], Values],
        short: Callable[[Values], Values],
        whole: Callable[[Values], Values],
        old: OldLinks | None = None,
        parameter: str = "spec",
        beside: Sequence[str] = (),
    ) -> None:
        super().__init__(name)
        self.usual, self.old, self.parameter = usual, old, parameter
        self._short, self._whole, self._beside, self._told = short, whole, beside, f"{name}_told"

    def load(self, values: Mapping[str, Any]) -> None:
        super().load(values)
        for key in self._beside:
            st.session_state.pop(key, None)

    def address(self) -> dict[str, str]:
        """What the address says of it: nothing where that would be longer than an address that is read."""
        said = self._short(self.values)
        text = packed.pack(said) if said else ""
        return {self.parameter: text} if 0 < len(text) <= packed.MOST_LETTERS else {}

    def out_of_sight(self, **shown: str) -> dict[str, str]:
        """What the address keeps of it beside what the page shows, and ``shown``, by which it opens that and not the
        form: nothing of the usual."""
        return {} if self.values == self.usual() else {**shown, **self.address()}

    def tell(self, what: DistillError | str) -> None:
        """Keep for ``told`` why a link was not read, or what came into the form."""
        st.session_state[self._told] = what

    def told(self) -> None:
        """Say above the form what came into it, or why it did not."""
        found = st.session_state.pop(self._told, None)
        if isinstance(found, DistillError):
            st.warning(words.sentence(found), title=_("This link cannot be read"))
        elif found:
            st.info(found, icon=":material/content_copy:")

    def _arrive(self, lab: Lab, said: Mapping[str, Sequence[str]]) -> bool:
        """Take over what an address says of it; whether that says anything. Where it takes the place of other values
        that a visitor chose, the form says so."""
        old = {key: texts for key, texts in said.items() if self.old and self.old.is_one(key)}
        if not old and self.parameter not in said:
            return False
        before = self.values if self.name in st.session_state else self.usual()
        try:
            if self.parameter in said:
                self.load(self._whole(packed.unpack(said[self.parameter][-1])))
            elif self.old:
                self.load(self.old.read(lab, old, self.usual()))
            if self._short(before) not in (self._short(self.usual()), self._short(self.values)):
                self.tell(_(REPLACED))
        except DistillError as error:
            self.tell(error)
        address.drops(old)
        return True


def of_template(name: str, usual: Specification, old: OldLinks) -> Draft:
    """The draft of a template, which holds all of its fields; the address says those that are not their defaults."""
    model, values = type(usual), usual.model_dump(mode="json")

    def whole(said: Values) -> Values:
        if all(field in values and _is_like(value, values[field]) for field, value in said.items()):
            return {**values, **said}
        raise refuse("the specification of this page's form")

    return Draft(name, usual=lambda: dict(values), short=partial(lean, model), whole=whole, old=old)


def open_drafts(lab: Lab, *drafts: Draft) -> tuple[Draft, ...]:
    """First on a page: a draft is what the address says that the visitor came with, else what it was before. Returns
    those of which that address says something."""
    said = {key: st.query_params.get_all(key) for key in st.query_params} if address.arrived() else {}
    came = tuple(draft for draft in drafts if draft._arrive(lab, said))
    for draft in drafts:
        if draft.name not in st.session_state:
            draft.load(draft.usual())
    return came


def _is_like(value: Any, usual: Any) -> bool:
    """Whether the widgets of a usual value can show another one."""
    if isinstance(usual, Mapping):
        return isinstance(value, Mapping)
    if isinstance(usual, list):
        return isinstance(value, list) and all(isinstance(item, str | int | float) for item in value)
    return isinstance(value, str | int | float | None)


def refuse(expected: str) -> InvalidSetting:
    """The error of a ``spec`` that a form cannot show."""
    return InvalidSetting(
        "spec in the address", expected=expected, got="something else", hint="copy the whole link once more"
    )
