"""The reports, whole: what is in tests/golden is what they look like today."""

import pytest

from golden.regenerate import GOLDEN, HERE, SCHEMA, schema


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_file_is_fresh(name: str) -> None:
    assert GOLDEN[name]() == (HERE / name).read_text("utf-8"), "if this is right: python tests/golden/regenerate.py"


def test_the_published_schema_is_fresh() -> None:
    assert SCHEMA.read_text("utf-8") == schema(), "if this is right: python tests/golden/regenerate.py"


def test_there_are_no_other_golden_files() -> None:
    assert {path.name for path in HERE.glob("*.*") if path.suffix != ".py"} == GOLDEN.keys()
