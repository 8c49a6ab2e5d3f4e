"""The clauses as records: the only reader of the chapters, and the index made from them.

A chapter is Markdown for people, in a form rigid enough to be data: a title, sections, and clauses that are
each a heading, one sentence and a list of fields. Blank lines alone separate these, so a chapter is a run of
blocks, and whatever is not the block that must come next is refused, by file and line. Nothing irregular is
guessed at: a clause that was skipped over in silence would look like one that holds.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import groupby
from types import MappingProxyType
from typing import NoReturn

Version = tuple[int, int]
"""A Python version, such as `(3, 13)`."""

CHAPTERS = ("reader", "errors", "writer", "flow", "connection", "server", "tls", "pipes")
"""The chapters in the order of `load` and of the index; one that is not there yet is passed over."""

WORLDS = ("memory", "network", "sockets", "process")
"""Where a clause can be checked; `memory` goes without saying."""

FIELDS = ("Why", "Source", "Needs", "Versions", "World", "Untestable")
"""The fields of a clause, in the order they must have; the first two are never left out."""
_FIELD = re.compile(r"- (?P<name>\w+): (?P<text>\S.*)")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
_VERSIONS = re.compile(r"(?:since (\d+)\.(0|[1-9]\d*))?(?:(?:^| )until (\d+)\.(0|[1-9]\d*))?")


class ChapterError(ValueError):
    """A chapter breaks the form; the message starts with `file:line:`."""

    def __init__(self, file: str, line: int, complaint: str) -> None:
        super().__init__(f"{file}:{line}: {complaint}")


class Level(StrEnum):
    """How binding a clause is. A MAY is a bounded freedom: whatever lies outside its bounds departs from it."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Basis(StrEnum):
    """What a clause rests on: the documentation, the practice of every CPython, or a stand taken here."""

    DOCUMENTED = "documented"
    DE_FACTO = "de-facto"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of one chapter.

    `sentence`, `why`, `source` and `untestable` are one line each, their Markdown left as it stands. `since`
    and `until` are the first and the last Python version with this clause, None where nothing bounds it.
    """

    id: str
    chapter: str
    section: str
    level: Level
    basis: Basis
    sentence: str
    why: str
    source: str
    needs: frozenset[str]
    since: Version | None
    until: Version | None
    world: str
    untestable: str | None
    file: str
    line: int

    def applies_to(self, version: Version) -> bool:
        """Check whether the rules of this Python version contain the clause."""
        return (self.since is None or self.since <= version) and (self.until is None or version <= self.until)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines between two blank lines, and where the first of them stands."""

    file: str
    line: int
    lines: tuple[str, ...]

    @property
    def depth(self) -> int:
        """The number of `#` signs of a heading, 0 for anything else."""
        return len(self.lines[0]) - len(self.lines[0].lstrip("#"))

    def heading(self) -> str:
        if len(self.lines) > 1:
            self.refuse("a heading is one line, with a blank line after it", at=1)
        signs, space, text = self.lines[0].partition(" ")
        if signs.strip("#") or not space or not text or text != text.strip():
            self.refuse("a heading is `#` signs, one space and a text")
        return text

    def paragraph(self) -> str:
        """The text of a paragraph as one line."""
        for at, line in enumerate(self.lines):
            if line.startswith((" ", "\t", "#", "- ", "* ", ">", "|", "```")):
                self.refuse("a paragraph is plain lines, with a blank line after it", at)
        return " ".join(" ".join(self.lines).split())

    def refuse(self, complaint: str, at: int = 0) -> NoReturn:
        raise ChapterError(self.file, self.line + at, complaint)


def _blocks(text: str, file: str) -> Iterator[_Block]:
    numbered = enumerate(text.splitlines(), start=1)
    for blank, group in groupby(numbered, key=lambda pair: not pair[1].strip()):
        if not blank:
            lines = list(group)
            yield _Block(file, lines[0][0], tuple(line for _, line in lines))


def parse(text: str, file: str) -> tuple[Clause, ...]:
    """Read one chapter; `file` is its name, such as `reader.md`, and names the chapter.

    Raises ChapterError for whatever is not in the form that spec/README.md describes.
    """
    blocks = deque(_blocks(text, file))
    if not blocks or blocks[0].depth != 1:
        raise ChapterError(file, blocks[0].line if blocks else 1, "a chapter opens with its title, `# …`")
    title = blocks.popleft()
    title.heading()
    if not _introduced(blocks):
        title.refuse("a paragraph follows the title")
    clauses: list[Clause] = []
    while blocks:
        section = blocks.popleft()
        if section.depth != 2:
            section.refuse(f"a section, `## …`, must come here, not `{section.lines[0]}`")
        name = section.heading()
        _introduced(blocks)
        if not blocks or blocks[0].depth != 3:
            (blocks[0] if blocks else section).refuse(f"a clause, `### …`, must come first under `{name}`")
        while blocks and blocks[0].depth == 3:
            clauses.append(_clause(blocks, file.removesuffix(".md"), name))
    if not clauses:
        title.refuse("a chapter holds at least one section")
    return _distinct(clauses)


def _introduced(blocks: deque[_Block]) -> bool:
    """Pass over the paragraphs that come next, and say whether there were any."""
    before = len(blocks)
    while blocks and not blocks[0].depth:
        blocks.popleft().paragraph()
    return len(blocks) < before


def _clause(blocks: deque[_Block], chapter: str, section: str) -> Clause:
    head = blocks.popleft()
    id_, level, basis = _named(head, chapter)
    if not blocks or blocks[0].depth or blocks[0].lines[0].startswith("- "):
        head.refuse(f"{id_} has no sentence")
    sentence = blocks.popleft().paragraph()
    if not blocks or not blocks[0].lines[0].startswith("- "):
        (blocks[0] if blocks else head).refuse(f"the fields of {id_} must follow the one paragraph of its sentence")
    fields = _fields(blocks.popleft())
    if blocks and not blocks[0].depth:
        blocks[0].refuse(f"stray text after {id_}: only a chapter and a section have paragraphs of their own")
    since, until = _versions(fields.get("Versions"))
    return Clause(
        id=id_,
        chapter=chapter,
        section=section,
        level=level,
        basis=basis,
        sentence=sentence,
        why=fields["Why"].paragraph(),
        source=fields["Source"].paragraph(),
        needs=_needs(fields.get("Needs")),
        since=since,
        until=until,
        world=_world(fields.get("World")),
        untestable=fields["Untestable"].paragraph() if "Untestable" in fields else None,
        file=head.file,
        line=head.line,
    )


def _named(head: _Block, chapter: str) -> tuple[str, Level, Basis]:
    parts = head.heading().split(" · ")
    if len(parts) != 3:
        head.refuse("the heading of a clause is `### id · LEVEL · basis`")
    id_, level, basis = parts
    if not _ID.fullmatch(id_):
        head.refuse(f"`{id_}` is no id: an id is lower-case words with dots, and hyphens inside a word")
    if id_.partition(".")[0] != chapter:
        head.refuse(f"`{id_}` does not begin with the name of its chapter, `{chapter}`")
    if level not in list(Level):
        head.refuse(f"`{level}` is no level; these are: {', '.join(Level)}")
    if basis not in list(Basis):
        head.refuse(f"`{basis}` is no basis; these are: {', '.join(Basis)}")
    return id_, Level(level), Basis(basis)


def _fields(block: _Block) -> dict[str, _Block]:
    """Split the list of fields; the text of each is a block of its own, so that complaints know its line."""
    fields: dict[str, _Block] = {}
    last = ""
    for at, line in enumerate(block.lines):
        if last and line.startswith("  ") and line[2:3].strip():
            fields[last] = replace(fields[last], lines=(*fields[last].lines, line[2:]))
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            block.refuse("a field is `- Name: text`, and its further lines are indented by two spaces", at)
        name = match["name"]
        if name not in FIELDS:
            block.refuse(f"`{name}` is no field; these are: {', '.join(FIELDS)}", at)
        if name in fields:
            block.refuse(f"the field {name} stands here twice", at)
        if last and FIELDS.index(name) < FIELDS.index(last):
            block.refuse(f"the field {name} comes before {last}; the order is: {', '.join(FIELDS)}", at)
        fields[name] = _Block(block.file, block.line + at, (match["text"],))
        last = name
    if missing := {"Why", "Source"} - fields.keys():
        block.refuse(f"the field {max(missing)} is missing")
    return fields


def _needs(text: _Block | None) -> frozenset[str]:
    names = text.paragraph().split(", ") if text else []
    for name in names:
        if text and (not name.isidentifier() or names.count(name) > 1):
            text.refuse(f"`{name}`: Needs is a list of different names, with a comma between two")
    return frozenset(names)


def _versions(text: _Block | None) -> tuple[Version | None, Version | None]:
    if text is None:
        return None, None
    match = _VERSIONS.fullmatch(text.paragraph())
    if not match:
        text.refuse("Versions is `since X.Y`, `until X.Y` or `since X.Y until X.Y`")
    first, second, third, fourth = match.groups()
    since = (int(first), int(second)) if first else None
    until = (int(third), int(fourth)) if third else None
    if since and until and since > until:
        text.refuse("no version is that late and that early")
    return since, until


def _world(text: _Block | None) -> str:
    world = text.paragraph() if text else WORLDS[0]
    if text and world not in WORLDS[1:]:
        text.refuse(f"`{world}` cannot stand here; these can: {', '.join(WORLDS[1:])}")
    return world


def _distinct(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    seen: dict[str, Clause] = {}
    for clause in clauses:
        if first := seen.get(clause.id):
            raise ChapterError(clause.file, clause.line, f"{clause.id} is taken already, at {first.file}:{first.line}")
        seen[clause.id] = clause
    return tuple(seen.values())


def load_from(folder: Traversable) -> tuple[Clause, ...]:
    """Read every chapter in a folder, in the order of CHAPTERS.

    Raises ChapterError for an irregular chapter, and for a Markdown file that is none of CHAPTERS.
    """
    files = {entry.name.removesuffix(".md"): entry for entry in folder.iterdir() if entry.name.endswith(".md")}
    if strangers := sorted(files.keys() - set(CHAPTERS)):
        raise ChapterError(f"{strangers[0]}.md", 1, f"no such chapter; there are: {', '.join(CHAPTERS)}")
    found = [files[chapter] for chapter in CHAPTERS if chapter in files]
    return _distinct(clause for file in found for clause in parse(_text(file), file.name))


def _text(file: Traversable) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ChapterError(file.name, line, "a chapter is UTF-8") from error


@cache
def load() -> tuple[Clause, ...]:
    """All clauses in the order of the chapters; raises ChapterError if one of these is irregular."""
    return load_from(resources.files("streamgauge.spec"))


@cache
def by_id() -> Mapping[str, Clause]:
    """All clauses by their ids, in the order of `load`."""
    return MappingProxyType({clause.id: clause for clause in load()})


def in_force(clause: str, version: Version) -> bool:
    """Check whether the rules of this Python version contain the clause of that id."""
    return by_id()[clause].applies_to(version)


def index_table() -> str:
    """The index in spec/README.md, as Markdown: a table of the chapters, then their sections with all ids."""
    rows = [f"| chapter | {' | '.join(Level)} | untestable | all |", "|---|" + "---:|" * (len(Level) + 2)]
    ids: list[str] = []
    for chapter, group in groupby(load(), key=lambda clause: clause.chapter):
        clauses = list(group)
        counts = [sum(clause.level is level for clause in clauses) for level in Level]
        counts += [sum(clause.untestable is not None for clause in clauses), len(clauses)]
        rows.append(f"| [{chapter}](streamgauge/spec/{chapter}.md) | {' | '.join(map(str, counts))} |")
        for section, members in groupby(clauses, key=lambda clause: clause.section):
            ids += ["", f"**{chapter}: {section}**", "", *(f"- `{clause.id}`" for clause in members)]
    return "\n".join([*rows, *ids]) + "\n"
