"""The picture in the README is what a check prints today."""

import re
import shlex

import pytest

from golden.screenshot import COMMAND, PICTURE, TARGET, picture, words
from streamgauge.conformance.cli import app


def test_the_picture_needs_nothing_from_the_network() -> None:
    svg = PICTURE.read_text("utf-8")
    assert set(re.findall(r"https?://[^\"' ]*", svg)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|@font-face|url\((?!#)", svg)


def test_the_picture_fits_a_first_screen() -> None:
    assert len(set(re.findall(r'<text[^>]* y="([\d.]+)"', PICTURE.read_text("utf-8")))) <= 50


def uncounted(said: list[str]) -> list[str]:
    """The words without numbers of scenarios, which grow with the corpus, and without the room that these take."""
    return [re.sub(r"\d[\d,]{2,}", "N", text).strip() for text in said]


@pytest.mark.slow
def test_the_picture_is_fresh() -> None:
    kept, fresh = uncounted(words(PICTURE.read_text("utf-8"))), uncounted(words(picture()))
    assert f"{TARGET} does not conform" in " ".join(fresh)
    assert kept == fresh, "if this is right: python tests/golden/screenshot.py"


def test_the_command_in_the_picture_can_be_typed() -> None:
    _, command, *arguments = shlex.split(COMMAND.replace("\\\n", " "))
    context = app.commands[command].make_context(command, arguments, help_option_names=["-h", "--help"])
    assert context.params["target"] == TARGET
