"""The caller's language: Chinese unless they prefer English (Accept-Language, RFC 9110 §12.5.4)."""

from dataclasses import dataclass

from flask import request

ZH, EN = "zh", "en"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return it in a language."""
        return self.en if language == EN else self.zh


def preferred() -> str:
    """Return `zh` or `en` for the request at hand."""
    header = request.headers.get("Accept-Language")
    if not header:
        return ZH
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return EN if best == "en" else ZH


def content_language() -> str:
    """Return what a response says in Content-Language."""
    return "en" if preferred() == EN else "zh-CN"
