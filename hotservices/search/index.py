"""The index of a catalogue, in memory, asked with what somebody typed.

Four sorts of pieces are kept of every service's name, keywords and everyday phrases: characters, syllables,
letters of pinyin, and initials. A wrong character leaves most pieces of a word as they are, and its sound as
well where it is a homophone; a wrong letter leaves most letters. So one slip costs a match some of its score,
never all of it, and no dictionary of mistakes is needed.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hotservices.catalogue import Service
from hotservices.search import sounds
from hotservices.search.grams import GramIndex, Match, Scores
from hotservices.search.spoken import SEPARATOR, Speaker, pairs
from hotservices.search.synonyms import Synonyms
from hotservices.search.words import grams, is_latin, normal, runs

NAME_SHARE = 0.25
# What of it a phrase has that stands in a sentence, were it all of the sentence.
WORD_WITHIN, SHORTEST_WORD, LONGEST_WORD = 0.7, 2, 8
# The same sound in other characters is a little less than the characters.
HOMOPHONE = 0.9
# Below these shares of what was typed, in characters or in letters, a service doesn't match.
LEAST_COVER, LEAST_LETTERS, LEAST_MEANT = 0.42, 0.6, 0.6
# A few initials stand for anything unless all of them agree.
LEAST_INITIALS, LEAST_OF_MANY_INITIALS, MANY_INITIALS = 0.9, 0.65, 5
# Nor where another matches so much better.
LEAST_OF_BEST = 0.6


class Hit(NamedTuple):
    """A service that matches, by its place in the catalogue. Higher is better. There are thousands in a search."""

    place: int
    score: float


class Index:
    """What is known of the words and sounds of services."""

    def __init__(
        self, services: Sequence[Service], synonyms: Synonyms, speaker: Speaker | None = None
    ) -> None:
        """Make the index; what `speaker` knows already of services that are the same is taken from there."""
        self._synonyms = synonyms
        self._speaker = speaker or Speaker(synonyms)
        self._count = len(services)
        spoken = self._speaker.of(services)
        self._characters, self._syllables, self._letters, self._initials = (
            GramIndex(numbers, [one.sorts[place] for one in spoken])
            for place, numbers in enumerate(self._speaker.numbers)
        )
        syllables = self._syllables.pieces()
        self._known = frozenset(one for one in syllables if len(one) > 1 and SEPARATOR not in one)
        self._exact: dict[str, dict[int, float]] = defaultdict(dict)
        for place, one in enumerate(spoken):
            for form, worth in one.exact.items():
                self._exact[form][place] = worth

    @property
    def speaker(self) -> Speaker:
        """What the index of a later catalogue begins from."""
        return self._speaker

    def find(self, typed: str) -> list[Hit]:
        """Return the services that match what somebody typed, best first."""
        text = normal(typed)
        if not text:
            return []
        text = self._synonyms.without_fillers(text)
        match = self._match(runs(text))
        scores = match.cover + NAME_SHARE * match.of_name
        for place, bonus in self._exact.get(text.replace(" ", ""), {}).items():
            scores[place] += bonus
            match.cover[place] = 1
        for place, worth in self._words_within(text).items():
            scores[place] += worth
            match.cover[place] = max(match.cover[place], LEAST_COVER)
        least = max(LEAST_COVER, LEAST_OF_BEST * float(match.cover.max(initial=0)))
        places = np.flatnonzero(match.cover >= least)
        order = np.argsort(-scores[places], kind="stable")
        found = places[order]
        return list(map(Hit, found.tolist(), scores[found].tolist()))

    def _words_within(self, text: str) -> dict[int, float]:
        """Return which services have a phrase of theirs in a sentence, and what that is worth."""
        worth: dict[int, float] = {}
        for run in text.split():
            for size in range(SHORTEST_WORD, min(LONGEST_WORD, len(run)) + 1):
                for piece in grams(run, size):
                    if not is_latin(piece) and piece in self._exact:
                        share = WORD_WITHIN * size / len(text)
                        worth |= {place: share * exact for place, exact in self._exact[piece].items()}
        return worth

    def _match(self, typed: Sequence[str]) -> Match:
        """Weigh the runs of what was typed by how much each says."""
        cover: Scores = np.zeros(self._count, np.float32)
        of_name: Scores = np.zeros(self._count, np.float32)
        lengths = 0
        for run in typed:
            length = len(sounds.spelled(run, self._known).tokens) if is_latin(run) else len(run)
            match = self._match_letters(run) if is_latin(run) else self._match_characters(run)
            cover += np.float32(length) * match.cover
            of_name += match.of_name
            lengths += length
        return Match(cover / np.float32(max(lengths, 1)), np.minimum(of_name, np.float32(1)))

    def _match_characters(self, run: str) -> Match:
        seen = self._characters.match(grams(run, 1, 2))
        heard = self._syllables.match(pairs(sounds.syllables(run)))
        return Match(np.maximum(seen.cover, HOMOPHONE * heard.cover), np.maximum(seen.of_name, heard.of_name))

    def _match_letters(self, run: str) -> Match:
        """Match letters as pinyin, as initials, or as some of each; the best reading counts."""
        spelling = sounds.spelled(run, self._known)
        whole = self._letters.match(grams(run, 2, 3))
        short = self._initials.match(grams(run, 1, 2, 3))
        first = self._initials.match(grams(spelling.initials, 1, 2, 3))
        stretches = self._letters.match([piece for part in spelling.whole for piece in grams(part, 2, 3)])
        least_initials = LEAST_OF_MANY_INITIALS if len(run) >= MANY_INITIALS else LEAST_INITIALS
        readings: list[Scores] = [
            np.where(whole.cover >= LEAST_LETTERS, whole.cover, 0),
            np.where(short.cover >= least_initials, short.cover, 0),
        ]
        if spelling.whole and len(spelling.whole) < len(spelling.tokens):
            mixed = (first.cover + stretches.cover) / 2
            readings.append(np.where(mixed >= LEAST_LETTERS, mixed, 0))
        if whole.cover.max(initial=0) < 1:
            # No service says these letters: somebody may have slipped.
            for reading in sounds.corrected(run, self._known):
                meant = HOMOPHONE * self._syllables.match(pairs(reading)).cover
                readings.append(np.where(meant >= LEAST_MEANT, meant, 0))
        return Match(np.maximum.reduce(readings), np.maximum(whole.of_name, short.of_name))
