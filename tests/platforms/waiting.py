"""Waiting without waiting: pauses are written down, and time-outs are short."""

from dataclasses import dataclass, field

from identity.platforms.wire import Patience

ANSWER_SECONDS = 0.3


@dataclass
class Pauses:
    """The pauses that a client made, in seconds, none of which took any time."""

    made: list[float] = field(default_factory=list)
    random: float = 0.5

    def patience(self) -> Patience:
        return Patience(
            connect_seconds=2,
            answer_seconds=ANSWER_SECONDS,
            total_seconds=60,
            sleep=self.made.append,
            random=lambda: self.random,
        )
