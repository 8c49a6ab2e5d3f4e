"""The picture in the README, and the command that makes it afresh: `python tests/golden/screenshot.py`.

It is the real output of `COMMAND` on a terminal, as an SVG without anything from the network: every font is one that
the reader has.
"""

import html
import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from streamgauge.conformance import check
from streamgauge.conformance.reports import terminal

ROOT = Path(__file__).parent.parent.parent
PICTURE = ROOT / "docs" / "failing-check.svg"
TARGET = "asyncio"
ONLY = "reader.exception.same-turn"
FILE = "run.jsonl"
COMMAND = f"""\
streamgauge check {TARGET} --only {ONLY} --strict \\
  --effort quick --python 3.13 --details 1 --output {FILE}"""

# The frame of the picture: what rich fills in stands in single braces.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
        font-variant-east-asian: full-width;
    }}
    .{unique_id}-title {{
        font-size: 18px;
        font-weight: bold;
        font-family: sans-serif;
    }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def picture() -> str:
    """The picture, made afresh."""
    results = check(TARGET, effort="quick", python=(3, 13), only=(ONLY,))
    console = Console(
        file=io.StringIO(),
        record=True,
        width=terminal.WIDTH,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    console.print(f"$ {COMMAND}", style="bold", highlight=False)
    terminal.report(results, console, strict=True, details=1, file=FILE)
    return console.export_svg(title="streamgauge", theme=SVG_EXPORT_THEME, code_format=FRAME, unique_id="streamgauge")


def words(svg: str) -> list[str]:
    """All that is to be read in a picture, whatever it looks like."""
    return [html.unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(), "utf-8", newline="\n")
