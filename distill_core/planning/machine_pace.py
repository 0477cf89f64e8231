"""The pace of a machine, from which times are estimated."""

from dataclasses import dataclass

from distill_core.machine import ResolvedPrecision

# Several threads share one step: two of them are 1.8 times as fast as one, sixteen 10 times.
SHARING = 0.85
# A CPU without the instruction takes so many times as long in bfloat16 as in float32.
EMULATED = 40.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MachinePace:
    """The work of one thread of a machine in a second of processor time, in the precision that suits its CPU.

    ``update_seconds``: the cost of an update beside its arithmetic. ``small_`` and ``large_macs_per_second`` are
    multiply-accumulates of a training (three times those of the forward pass) of networks that step on one thread, and
    of those that step on ``step_threads``; ``forward_macs_per_second`` those of a forward pass without
    gradients in float32, as in an evaluation; ``teacher_macs_per_second`` those of a forward pass in ``own``, as a
    teacher's.
    ``threads``: the largest number of networks in parallel.
    ``float32_slowness``: the time of a step in float32 over that in ``own``; 1 where ``own`` is float32.
    ``measured``: False for built-in numbers.
    """

    update_seconds: float
    small_macs_per_second: float
    large_macs_per_second: float
    forward_macs_per_second: float
    teacher_macs_per_second: float
    float32_slowness: float
    own: ResolvedPrecision
    threads: int
    step_threads: int
    measured: bool = True

    def step_seconds(self, macs: int, batch_size: int, *, small: bool, precision: str) -> float:
        """Seconds of one update of a network with so many multiply-accumulates an image, while nothing else runs."""
        rate = self.small_macs_per_second if small else self.large_macs_per_second * self._together
        return self._slowness(precision) * (self.update_seconds + 3 * batch_size * macs / rate)

    def forward_seconds(self, images: float, macs: int, *, small: bool = False) -> float:
        """Seconds of a float32 forward pass over so many images, on one thread for a ``small`` network."""
        return images * macs / (self.forward_macs_per_second * (1.0 if small else self._together))

    def teacher_seconds(self, images: float, macs: int, *, precision: str) -> float:
        """Seconds of a teacher's forward pass over so many images."""
        if precision == self.own or not self.measured:
            return images * macs / (self.teacher_macs_per_second * self._together)
        return self.forward_seconds(images, macs) * (1.0 if precision == "float32" else EMULATED)

    @property
    def _together(self) -> float:
        return float(self.step_threads**SHARING)

    def _slowness(self, precision: str) -> float:
        if precision == self.own or not self.measured:
            return 1.0
        return self.float32_slowness if precision == "float32" else EMULATED


# Between a laptop's CPU with AVX2 and a server's with AVX-512, on two cores: for what is asked before the warm-up.
BUILT_IN = MachinePace(
    update_seconds=0.004,
    small_macs_per_second=3.5e10,
    large_macs_per_second=4e10,
    forward_macs_per_second=4e10,
    teacher_macs_per_second=4e10,
    float32_slowness=1.0,
    own="float32",
    threads=2,
    step_threads=2,
    measured=False,
)
