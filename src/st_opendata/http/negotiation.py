"""Content negotiation by Accept, Accept-Encoding and Accept-Language (RFC 9110 §12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import mimeparse

_WEIGHT = re.compile(r"q=(0(\.[0-9]*)?|1(\.0*)?)")


@lru_cache(maxsize=1000)  # clients send few different headers, and reading one takes longer than all else here
def choose_type(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The media type that a client prefers, the earlier of several with the same quality; None if it accepts no offer.

    Each offer has the quality of the most specific range that fits it (§12.5.1). Without a header, or with one that
    holds no media range, everything is acceptable. Other text than media ranges is ignored.
    """
    ranges = [parsed for part in (accept or "").split(",") if (parsed := _parse(part))]
    if not ranges:
        return offers[0]
    qualities = [float(mimeparse.quality_parsed(offer, ranges)) for offer in offers]
    best = max(qualities)
    return offers[qualities.index(best)] if best > 0 else None


def choose_encoding(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The content coding that a client prefers, the earlier of several with the same quality (§12.5.3).

    None stands for the unchanged bytes, even if the client refuses those: they are better than nothing.
    """
    qualities = _qualities(accept)
    preferences = {offer: qualities.get(offer, qualities.get("*", 0.0)) for offer in offers}
    best = max(preferences.values(), default=0.0)
    if best <= 0 or best < qualities.get("identity", 0.0):
        return None
    return next(offer for offer, quality in preferences.items() if quality == best)


def choose_language(accept: str | None, offers: Sequence[str]) -> str:
    """The language that a reader prefers, else the first offer (§12.5.4; lookup of RFC 4647 §3.4)."""
    qualities = _qualities(accept)
    languages: dict[str, float] = {}
    for tag, quality in qualities.items():
        language = tag.partition("-")[0]
        languages[language] = max(quality, languages.get(language, 0.0))
    preferences = {offer: languages.get(offer, 0.0) for offer in offers}
    best = max(offers, key=lambda offer: preferences[offer])
    return best if preferences[best] > 0 else offers[0]


def _qualities(accept: str | None) -> dict[str, float]:
    """The quality of each name in a header, in lower case; what has none has 1, and a wrong one none (§12.4.2)."""
    qualities: dict[str, float] = {}
    for part in (accept or "").split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().lower()
        if not weight or _WEIGHT.fullmatch(weight):
            qualities[name.strip().lower()] = float(weight.removeprefix("q=")) if weight else 1.0
    return qualities


def _parse(media_range: str) -> tuple[str, str, dict[str, str]] | None:
    try:
        main, sub, parameters = mimeparse.parse_media_range(media_range)
    except mimeparse.MimeTypeParseException:
        return None
    return main.lower(), sub.lower(), {"q": parameters.get("q", "1")}
