"""Drawings as SVG 1.1: a separate file, or a part of an HTML page.

A file says how each role looks in presentation attributes, so that every viewer shows it. A part of a page has classes
instead (`picture-land`, `picture-kind-0`), for the page's stylesheet with its own colours, light and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import cos, pi, sin
from xml.sax.saxutils import escape, quoteattr

from st_opendata.model.text import spoken
from st_opendata.pictures.drawing import Area, Box, Drawing, Mark, Polylines, Spot, Symbol, TextLine
from st_opendata.pictures.wording import clean

Styling = Callable[[str], str]
"""The attributes, with a space before them, that make a role look as it should."""

INK, PALE_INK, PAPER = "#1b2733", "#4a5a68", "#ffffff"
KIND_COLOURS = ("#c2410c", "#1d5fa8", "#0f766e", "#7e22ce", "#55606b")
"""Each at least 4.5 to 1 on land and on paper; the shapes differ too."""
_TEXT = {"font-family": "Helvetica, Arial, 'Liberation Sans', sans-serif"}
_HALO = {"stroke": PAPER, "stroke-width": "3", "stroke-linejoin": "round", "paint-order": "stroke"}
_MARGIN = 12
"""Pixels of paper around the picture in a file."""
_ROLES: Mapping[str, Mapping[str, str]] = {
    "sea": {"fill": "#dde8ef"},
    "land": {"fill": "#f6f3ec", "stroke": "#93a1ab", "stroke-width": "0.7", "stroke-linejoin": "round"},
    "border": {"fill": "none", "stroke": "#b9b3a5", "stroke-width": "0.9", "stroke-linejoin": "round"},
    "area": {"fill": "#c2410c", "fill-opacity": "0.25", "fill-rule": "evenodd", "stroke": "#c2410c"},
    "route": {"fill": "none", "stroke": "#c2410c", "stroke-width": "2", "stroke-linejoin": "round"},
    "bar": {"fill": "#1d5fa8"},
    "title": {"fill": INK, "font-weight": "bold", **_TEXT},
    "note": {"fill": PALE_INK, **_TEXT},
    "label": {"fill": INK, **_TEXT, **_HALO},
    "number": {"fill": INK, **_TEXT},
    **{
        f"kind-{number}": {"fill": colour, "stroke": PAPER, "stroke-width": "1.5"}
        for number, colour in enumerate(KIND_COLOURS)
    },
}


def svg_file(drawings: Sequence[Drawing]) -> str:
    """A picture as a file, from one drawing for each language; a viewer shows that of its reader, else the first.

    Raises:
        ValueError: there is no drawing.
    """
    if not drawings:
        raise ValueError("a picture needs a drawing")
    first = drawings[0]
    paper = Box(-_MARGIN, 0, first.width + 2 * _MARGIN, max(drawing.height for drawing in drawings) + _MARGIN)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_opening(first, paper, ' xmlns="http://www.w3.org/2000/svg"')]
    lines.append(f'<rect {_sides(paper)} fill="{PAPER}"/>')
    lines += _marks(first.ground, _attributes, first)
    if len(drawings) == 1:
        lines += _marks(first.marks, _attributes, first)
    else:
        lines.append("<switch>")
        for drawing in (*drawings[1:], first):
            asked = "" if drawing is first else f" systemLanguage={quoteattr(drawing.language)}"
            lines += [f"<g{asked}>", *_marks(drawing.marks, _attributes, drawing), "</g>"]
        lines.append("</switch>")
    return "\n".join((*lines, "</svg>", ""))


def svg_part(drawing: Drawing, name: str) -> str:
    """A picture as a part of an HTML page, without colours. `name` is unique on the page: ids begin with it."""
    lines = _opening(drawing, Box(0, 0, drawing.width, drawing.height), ' class="picture"', name)
    lines += _marks((*drawing.ground, *drawing.marks), _classes, drawing)
    return "\n".join((*lines, "</svg>"))


def _opening(drawing: Drawing, paper: Box, attributes: str, name: str = "picture") -> list[str]:
    size = f'{_view(paper)} width="{_number(paper.width)}" height="{_number(paper.height)}"'
    labels = f'aria-labelledby="{name}-title" aria-describedby="{name}-description"'
    return [
        f'<svg{attributes} {size} role="img" {labels} xml:lang={quoteattr(drawing.language)}>',
        f'<title id="{name}-title"{_title_language(drawing)}>{_text(drawing.title)}</title>',
        f'<desc id="{name}-description"{_ours(drawing.language)}>{_text(drawing.description)}</desc>',
    ]


def _attributes(role: str) -> str:
    return "".join(f' {name}="{value}"' for name, value in _ROLES[role].items())


def _classes(role: str) -> str:
    return f' class="picture-{role}"'


def _ours(language: str) -> str:
    """The `lang` attribute of the program's texts in a drawing of that language: empty if the program has it."""
    return "" if spoken(language) == language else f' xml:lang="{spoken(language)}"'


def _title_language(drawing: Drawing) -> str:
    return f" xml:lang={quoteattr(drawing.title_language)}" if drawing.title_language else ""


def _marks(marks: Iterable[Mark], styling: Styling, drawing: Drawing) -> Iterator[str]:
    for mark in marks:
        match mark:
            case Polylines():
                yield _lines(mark, styling)
            case Area():
                yield _with_tip(f"rect {_sides(mark.box)}{styling(mark.role)}", mark.tip)
            case Symbol():
                shape = _SHAPES[mark.kind](mark.at, mark.radius)
                yield _with_tip(f'path d="{shape}"{styling(f"kind-{mark.kind}")}', mark.tip)
            case TextLine():
                yield _words(mark, styling, drawing)


def _words(words: TextLine, styling: Styling, drawing: Drawing) -> str:
    x, y = map(_number, words.at)
    anchor = "" if words.anchor == "start" else f' text-anchor="{words.anchor}"'
    where = f'x="{x}" y="{y}" font-size="{_number(words.size)}"{anchor}'
    language = _ours(drawing.language) if words.ours else _title_language(drawing) if words.role == "title" else ""
    return f"<text {where}{styling(words.role)}{language}>{_text(words.text)}</text>"


def _lines(lines: Polylines, styling: Styling) -> str:
    """Lines within an inner svg element, which cuts them off at the edges of their box."""
    end = "z" if lines.closed else ""
    path = "".join(_path(line) + end for line in lines.lines)
    return f'<svg {_sides(lines.clip)} {_view(lines.clip)}><path d="{path}"{styling(lines.role)}/></svg>'


def _path(line: Sequence[Spot]) -> str:
    """The line in steps from point to point, in tenths of pixels."""
    x, y = round(line[0][0] * 10), round(line[0][1] * 10)
    text = f"M{_tenths(x)} {_tenths(y)}l"
    steps = []
    for east, south in line[1:]:
        now = round(east * 10), round(south * 10)
        if now != (x, y):
            steps.append(f"{_tenths(now[0] - x)} {_tenths(now[1] - y)}")
            x, y = now
    return text + " ".join(steps) if steps else text[:-1]


def _tenths(value: int) -> str:
    return f"{value / 10:g}"


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def _sides(box: Box) -> str:
    sides = (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height))
    return " ".join(f'{name}="{_number(value)}"' for name, value in sides)


def _view(box: Box) -> str:
    return f'viewBox="{" ".join(map(_number, (box.x, box.y, box.width, box.height)))}"'


def _with_tip(element: str, tip: str) -> str:
    return f"<{element}><title>{_text(tip)}</title></{element.partition(' ')[0]}>" if tip else f"<{element}/>"


def _text(text: str) -> str:
    return escape(clean(text))


def _circle(at: Spot, radius: float) -> str:
    x, y, r = _number(at[0] - radius), _number(at[1]), _number(radius)
    return f"M{x} {y}a{r} {r} 0 1 0 {_number(2 * radius)} 0a{r} {r} 0 1 0 {_number(-2 * radius)} 0z"


def _polygon(corners: int, turn: float, size: float) -> Callable[[Spot, float], str]:
    """A shape with that number of corners, the first of them `turn` (in full circles) from the top."""

    def shape(at: Spot, radius: float) -> str:
        angles = [2 * pi * (corner / corners + turn) for corner in range(corners)]
        spots = [(at[0] + size * radius * sin(angle), at[1] - size * radius * cos(angle)) for angle in angles]
        return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in spots) + "z"

    return shape


_SHAPES = (_circle, _polygon(4, 0.125, 1.25), _polygon(3, 0, 1.35), _polygon(4, 0, 1.35), _polygon(5, 0, 1.2))
