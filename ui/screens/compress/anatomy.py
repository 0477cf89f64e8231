"""Layer by layer: the network that a pipeline begins with beside the one that it ends with, and what changed which."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.networks.layers import Layer, LayerPair, layer_pairs
from ui import spreadsheet
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import layers as findings
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import style
from ui.screens.compress.pipeline import Pipeline, Stage
from ui.text import words
from ui.text.language import N_, _

__all__ = ["chart", "show", "table"]

ROW_PX, FRAME_PX, NAME_PX = 24, 60, 150
NO_CHANGE = N_("as before")


def show(lab: Lab, found: Pipeline) -> None:
    """The picture and its table in an expander; without a picture where no layer changed."""
    stages = _stages(found)
    if len(stages) < 2:
        return
    opened = st.expander(
        _("Layer by layer: before and after"), icon=":material/account_tree:", on_change="rerun", key="layers"
    )
    if opened.open:
        with opened:
            _draw(lab, stages)


def _draw(lab: Lab, stages: Sequence[Stage]) -> None:
    with st.container(), st.skeleton(height=320):
        try:
            key = ("layers", str(lab.home), *((stage.name, stage.run_ids[0]) for stage in stages))
            pairs = kept(key, lambda: _pairs(lab, stages))
        except DistillError as error:
            st.info(words.sentence(error), title=_("These networks have no layers to show"))
            return
        first, last = stages[0], stages[-1]
        st.markdown(words.firm(say(findings.found(pairs, first.name, last.name))))
        if any(pair.step for pair in pairs):
            moving.show(chart(pairs, first.name, last.name), key="layers_chart")
        else:
            spreadsheet.table(
                table(pairs),
                hide_index=True,
                alt=_("The layers of {first} and of {last}", first=first.name, last=last.name),
            )


def _stages(found: Pipeline) -> tuple[Stage, ...]:
    """The networks on the way to the last finished one, from the first."""
    way: list[Stage] = []
    stage: Stage | None = found.done[-1] if found.done else None
    while stage is not None and stage not in way:
        way.append(stage)
        stage = found.before(stage)
    return tuple(one for one in reversed(way) if one.run_ids)


def _pairs(lab: Lab, stages: Sequence[Stage]) -> tuple[LayerPair, ...]:
    return layer_pairs([(stage.name, lab.reports.blueprint(stage.run_ids[0])) for stage in stages])


def table(pairs: Sequence[LayerPair]) -> pd.DataFrame:
    """A row a place: channels, output and parameters of both networks, and the step that changed it."""
    return pd.DataFrame(
        {
            N_("Layer"): pair.name,
            N_("Channels before"): _channels(pair.before),
            N_("Channels after"): _channels(pair.after),
            N_("Output before"): _output(pair.before),
            N_("Output after"): _output(pair.after),
            N_("Parameters before"): findings.parameters(pair.before),
            N_("Parameters after"): findings.parameters(pair.after),
            N_("Changed by"): pair.step or _(NO_CHANGE),
        }
        for pair in pairs
    )


def _channels(found: Sequence[Layer]) -> str:
    """``16 → 32 (3 × 3)``, factors one after another."""
    return ", ".join(f"{layer.inputs} → {layer.outputs}{_kernel(layer)}" for layer in found) or words.NOTHING


def _kernel(layer: Layer) -> str:
    kernel = " × ".join(map(str, layer.kernel))
    if not kernel:
        return ""
    return f" ({_('{kernel} each', kernel=kernel) if layer.kind == 'depthwise' else kernel})"


def _output(found: Sequence[Layer]) -> str:
    return " × ".join(map(str, found[-1].output_shape)) if found else words.NOTHING


def chart(pairs: Sequence[LayerPair], first: str, last: str) -> Moving:
    """The parameters of each layer, two bars a place: before in grey, after in colour."""
    colours = style.theme(style.dark())
    tones = {"before": colours.muted, "after": colours.series[0]}
    rows = [
        {
            "class": pair.name,
            "place": place,
            "who": who,
            "value": findings.parameters(found),
            "said": words.count(findings.parameters(found)),
            "channels": _channels(found),
            "step": pair.step or _(NO_CHANGE),
        }
        for place, pair in enumerate(pairs)
        for who, found in (("before", pair.before), ("after", pair.after))
    ]
    most = max(row["value"] for row in rows)
    axis = {"format": "~s"}
    spec = {
        "height": FRAME_PX + ROW_PX * len(pairs),
        "mark": {"type": "bar", "height": {"band": 0.92}},
        "encoding": {
            "x": moving.across("value", _("parameters"), (0, moving.round_up(most)), **axis),
            "x2": {"datum": 0},
            "y": moving.classes("", "place", minExtent=NAME_PX, maxExtent=NAME_PX, labelLimit=NAME_PX - 6),
            "yOffset": {"field": "who", "type": "nominal", "scale": {"domain": list(tones), "paddingOuter": 0.2}},
            "color": moving.colour("who", tones),
            "tooltip": moving.tip(
                **{
                    "class": _("Layer"),
                    "who": _("When"),
                    "said": _("Parameters"),
                    "channels": _("Channels"),
                    "step": _("Changed by"),
                }
            ),
        },
    }
    return Moving(
        spec=spec,
        data=pd.DataFrame(rows),
        alt=_("Parameters of each layer, before in {first} and after in {last}", first=first, last=last),
        table=table(pairs),
        legend=moving.legend(("bar", tones["before"], words.plain(first)), ("bar", tones["after"], words.plain(last))),
    )
