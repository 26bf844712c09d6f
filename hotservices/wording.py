"""Words of the data that a reason quotes, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What is true, said in Chinese and in English."""

    zh: str
    en: str
