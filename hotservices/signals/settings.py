"""The parameters of the ranking: one set for every catalogue and every audience."""

from dataclasses import dataclass

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes, floors and rates. The figures of the benches were measured with these defaults."""

    k_anonymity: int = 10
    """Distinct people behind a count before it may serve anybody else."""

    half_lives_seconds: tuple[float, ...] = (20 * MINUTE, 2 * HOUR, 8 * HOUR, 2 * DAY, 14 * DAY)
    """Popularity is forgotten at each of these speeds; which of them counts is learnt."""
    half_lives_events: tuple[float, ...] = (300.0, 1e9)
    """The same by number of events: for quiet nights, and for data whose times say only the order."""
    speed_rate: float = 0.02
    """How fast the trust in the speeds moves, per learning example."""

    own_items: int = 48
    """Services remembered per person; the one with the weakest memory makes room."""
    visit_decay: float = 0.8
    """What a use weighs one visit later."""

    neighbours: int = 64
    """Co-used services counted per service."""
    strong_neighbours: int = 24
    """Of these, how many of the strongest a ranking reads."""
    co_use_sources: int = 8
    """The person's most recent services that co-use starts from."""

    pool_size: int = 64
    """Popular services that are candidates for everybody."""
    pool_refresh_events: int = 64
    """Events after which the pool is chosen again, at the most."""

    example_stride: int = 4
    """One visit in so many becomes a learning example at first ..."""
    example_thinning: int = 49_152
    """... and half as often each time that the visits seen double beyond this number."""
    example_capacity: int = 16_384
    """Learning examples kept; the oldest makes room."""
    shortlist: int = 40
    """Candidates that the learnt line passes on to the trees."""
    line_rate: float = 0.3
    """Step of the line's online learning (AdaGrad)."""

    trees: int = 60
    tree_depth: int = 5
    tree_bins: int = 64
    tree_rate: float = 0.15
    examples_to_grow: int = 200
    """Fewer examples than this teach the trees nothing."""

    trait_capacity: int = 32_768
    """First uses by people with known attributes that the trait model is fitted on."""
    trait_half_life: float = 30 * DAY
    """After so many seconds a first use tells half as much of what people like this one turn to."""
    trait_candidates: int = 16
    """Services that a person's attributes add to the candidates."""

    exploration_rate: float = 0.05
    """Share of lists whose last place goes to a service that too few people have used to be ranked."""
    exploration_from: int = 5
    """Shorter lists have no place to spare."""
    seed: int = 20_240_601
    """Makes refits repeatable."""
