# ruff: noqa: E501
"""BibTeX as people and programs write it: 500 entries made here, each with what it must be read as."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from .whole import read

WORDS = "routing small models large language query cascade distil retrieval graph speech vision theory data".split()
# TeX, and the text it stands for.
PIECES = [
    (r"{\"U}ber", "Über"), (r"\"Uber", "Über"), (r"na{\"\i}ve", "naïve"), (r"{\'e}tude", "étude"), (r"\'{e}tude", "étude"),
    (r"\v{S}koda", "Škoda"), (r"{\v S}koda", "Škoda"), (r"fa{\c c}ade", "façade"), (r"\AA ngstr{\"o}m", "Ångström"),
    (r"Erd{\H o}s", "Erdős"), (r"{\L}ukasz", "Łukasz"), (r"stra{\ss}e", "straße"), (r"$\alpha$-test", "α-test"),
    (r"{BERT}", "BERT"), (r"{{GPT}-4}", "GPT-4"), (r"{A {B {C}}}", "A B C"), (r"AT\&T", "AT&T"), (r"5\%", "5%"),
    (r"\emph{very}", "very"), (r"\textbf{bold {inner}}", "bold inner"), (r"snake\_case", "snake_case"), ("Zoë", "Zoë"),
    (r"{\~n}andu", "ñandu"), (r"\o re", "øre"), (r"{\ae}on", "æon"), (r"r\^ole", "rôle"), ("plain", "plain"),
]  # fmt: skip
NAMES = [
    ("Doe, Jane", "Jane Doe"), ("Jane Doe", "Jane Doe"), ("van der Berg, Jan", "Jan van der Berg"),
    (r"M{\"u}ller, J{\"o}rg", "Jörg Müller"), ("King, Jr., Martin Luther", "Martin Luther King Jr."),
    ("{The {TeX} Project and Friends, Inc.}", "The TeX Project and Friends, Inc."), (r"Fran\c{c}ois Ch\^ateau", "François Château"),
    (r"{\'E}mile Borel", "Émile Borel"), ("Ng, A. Y.", "A. Y. Ng"), ("de la Cruz, Mar{\\'\\i}a", "María de la Cruz"),
]  # fmt: skip


@dataclass
class Made:
    """One entry, and what must be read of it; `title` is None where it must be refused."""

    source: str
    title: str | None
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    text: str = ""
    after: list[str] = field(default_factory=list)


def tex(chance: random.Random, number: int, words: int) -> tuple[str, str]:
    chosen = [chance.choice([*PIECES, *((word, word) for word in WORDS)]) for _ in range(words)]
    return f"No{number} " + " ".join(a for a, _ in chosen), f"No{number} " + " ".join(b for _, b in chosen)


def enclosed(chance: random.Random, value: str) -> str:
    """Put a value in braces or quotes, or into parts that # joins."""
    quotable = '"' not in value
    match chance.randrange(4):
        case 0 if quotable:
            return f'"{value}"'
        case 1 if quotable and " " in value and value.count("{") == 0:
            head, _, tail = value.partition(" ")
            return f'"{head} " # {{{tail}}}'
        case 2:
            return "{" + value.replace(" ", "\n      ", 1) + "}"
        case _:
            return f"{{{value}}}"


def make(chance: random.Random, number: int) -> Made:
    kind = chance.choice(["article", "InProceedings", "MISC", "techreport", "phdthesis", "online", "inbook", "book"])
    source_title, title = tex(chance, number, chance.randint(2, 9))
    chosen = [chance.choice(NAMES) for _ in range(chance.randint(1, 5))]
    made = Made("", title)
    fields = {"title": enclosed(chance, source_title)}
    if chance.random() < 0.9:
        fields["author"] = "{" + " and ".join(a for a, _ in chosen) + chance.choice(["", " and others"]) + "}"
        made.authors = tuple(b for _, b in chosen)
    if chance.random() < 0.8:
        made.year = chance.randint(1950, 2026)
        fields[chance.choice(["year", "YEAR"])] = chance.choice([str(made.year), f"{{{made.year}}}", f'"{made.year}"'])
    elif chance.random() < 0.5:
        made.year = chance.randint(1990, 2026)
        fields["date"] = f"{{{made.year}-05-17}}"
    match chance.randrange(4):
        case 0:
            fields["booktitle"], made.venue = "venue", "Proceedings of Things"
        case 1:
            fields["journal"], made.venue = 'venue # " and More"', "Proceedings of Things and More"
        case 2:
            fields["crossref"] = "{parent}"
            made.venue = "The Parent's Proceedings"
            made.year = made.year or 2001
    if chance.random() < 0.5:
        source_text, made.text = tex(chance, number, 25)
        fields["abstract"] = enclosed(chance, source_text)
    if chance.random() < 0.05:
        del fields["title"]
        made.title = None
    listed = list(fields.items())
    chance.shuffle(listed)
    key = "same" if chance.random() < 0.1 else f"key{number}"
    body = (",\n  " if chance.random() < 0.8 else ", ").join(
        f"{name}{chance.choice(['=', ' = ', ' ='])}{value}" for name, value in listed
    )
    opening, closing = chance.choice(["{}", "{}", "{}", "()"])
    if closing == ")" and ")" in body:
        opening, closing = "{", "}"
    made.source = f"@{kind}{opening}{key},\n  {body}{chance.choice(['', ','])}\n{closing}\n"
    return made


def test_500_made_entries_are_read_as_what_they_say(tmp_path: Path) -> None:
    chance = random.Random(7)
    made = [make(chance, number) for number in range(500)]
    head = "A comment.\n@comment{jabref-meta: {x}}\n@string{venue = {Proceedings of } # thing}\n"
    head = '@STRING ( thing = "Things" )\n' + head
    parent = "@proceedings{Parent, title = {The Parent's Proceedings}, year = 2001}\n"
    path = tmp_path / "made.bib"
    path.write_text(head + "\n".join(one.source for one in made) + parent, "utf-8")
    reading = read(path)
    papers = {paper.title.split()[0]: paper for paper in reading.papers}
    assert len(reading.papers) == sum(one.title is not None for one in made)
    assert len(reading.refused) == sum(one.title is None for one in made) + 1  # the volume itself
    for one in made:
        if one.title is None:
            continue
        paper = papers[one.title.split()[0]]
        assert paper.title == one.title, one.source
        assert paper.authors == one.authors, one.source
        assert (paper.year, paper.venue, paper.text) == (one.year, one.venue, one.text), one.source


def test_lines_of_refusals_are_those_of_the_entries(tmp_path: Path) -> None:
    chance = random.Random(11)
    made = [make(chance, number) for number in range(200)]
    page = "".join(f"\n{one.source}" for one in made)
    (tmp_path / "a.bib").write_text(page, "utf-8")
    expected, line = [], 1
    for one in made:
        line += 1
        if one.title is None:
            expected.append(line)
        line += one.source.count("\n")
    assert [remark.line for remark in read(tmp_path / "a.bib").refused] == expected
