"""DML: students that teach each other. Shapes: B batch, C classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import Tensor
from distill_core.methods.base import LossInputs, Method, Settings
from distill_core.methods.logit_terms import weighted, weights
from distill_core.methods.losses import soft_target_kl
from distill_core.methods.pictures import Compared, PairActivations, softened
from distill_core.spec.parameters import Parameter


def peers_kl(student_BC: Tensor, peers: Sequence[Tensor], *, temperature: float) -> Tensor:
    """T² · KL(peer ‖ student), mean over the peers.

    Shapes: all (batch, classes). Returns: a scalar in nats, mean over the batch; 0 where all agree.
    No gradient reaches a peer.
    Raises: InvalidSetting without a peer, or for a temperature or shapes that cannot be.
    Source: Zhang et al. 2018 (arXiv:1706.00384).
    """
    if not peers:
        raise InvalidSetting("peers", expected="one or more", got="none", hint="train two students together")
    terms = [soft_target_kl(student_BC, peer_BC, temperature=temperature) for peer_BC in peers]
    return sum(terms[1:], terms[0]) / len(terms)


def _term(inputs: LossInputs, settings: Settings) -> Tensor:
    return peers_kl(inputs.student_BC, inputs.peers, temperature=settings.numbers["temperature"])


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    picture = softened(settings, activations)
    return replace(picture, what=f"{picture.what}, the other network as its peer", target="peer")


ENTRIES = (
    Method(
        name="mutual",
        title="Mutual learning",
        paper="1706.00384",
        year=2018,
        teaches="Nobody is the teacher: students who see the same batches and start from different weights teach each "
        "other.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + \tfrac{w}{K-1}\sum_{k \ne i} T^2\,"
        r"\mathrm{KL}(p_k^{(T)} \| p_i^{(T)})",
        symbols={
            "K": "students that teach each other",
        },
        uses_teacher=False,
        mutual=True,
        temperature=1.0,
        # Two networks that start equal would stay equal: 0 are the weights of the control, other numbers other ones.
        parameters={**weights(1.0, 1.0), "initial": Parameter(0.0, 0.0, 99.0)},
        units={"hard": "nats", "peers": "nats"},
        picture=_picture,
        build=weighted(_term, "peers"),
    ),
)
