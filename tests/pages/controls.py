"""The controls of a page that a visitor sees."""

from collections.abc import Iterator

__all__ = ["in_sight"]

CONTROLS = {
    *("button", "selectbox", "number_input", "select_slider", "text_input", "checkbox", "toggle", "multiselect"),
    *("slider", "text_area", "button_group", "download_button", "menu_button"),
}


def in_sight(node) -> Iterator[str]:
    """The controls of a part of a page, without those behind something that is closed; what opens is one itself."""
    proto = getattr(node, "proto", None)
    if node.type in CONTROLS:
        yield node.key or node.label
    if node.type == "popover" or (node.type == "expander" and not getattr(proto, "expanded", False)):
        yield node.type
        return
    for child in getattr(node, "children", {}).values():
        yield from in_sight(child)
