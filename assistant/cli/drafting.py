"""What `footnote related` writes: the section with its bibliography, the annotated copy, the papers as a list."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from index.corpus import Corpus
from ingest.errors import InputError
from ingest.paper import Paper

from ..checking.desk import Desk
from ..drafts import Draft
from ..export import Ranked, export
from ..export.file import write_file
from ..models import Model, open_model
from ..related import Related
from ..related.annotate import annotate, check_targets, copies, named
from ..related.keys import all_keys, own_keys
from ..related.layout import latex, pandoc
from ..related.prose import Prompt, SectionWriter, draft_text, prompts
from ..related.section import Section, outline
from ..settings import Settings
from ..terminal import Terminal
from .common import counted, export_format, format_argument

_LAYOUTS = {".tex": latex, ".md": pandoc}


def drafting_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "writing",
        "Text of the draft goes to an LLM only with --write, and only the sentences that want the papers. If the LLM "
        "is hosted, they are shown and must be confirmed first, or --yes given; a local one needs neither.",
    )
    group.add_argument("--write", type=Path, metavar="FILE", help="write a related-work section, as .tex or .md")
    group.add_argument(
        "--bib", type=Path, metavar="FILE", help="write the references that these need and the draft lacks"
    )
    group.add_argument("--strict", action="store_true", help="leave out an LLM's sentences that no paper bears out")
    group.add_argument("--show-prompt", action="store_true", help="print what an LLM would be sent, and send nothing")
    group.add_argument("--yes", action="store_true", help="let a hosted LLM have sentences of the draft")
    group.add_argument("--annotate", type=Path, metavar="COPY", help="copy the draft, with comments where to cite")
    group.add_argument("--export", type=Path, metavar="FILE", help="write the papers found, with their ranks")
    format_argument(group)
    group.add_argument("--force", action="store_true", help="replace files that are there")


def check_drafting(options: argparse.Namespace, draft: Draft) -> None:
    """Raise InputError for what cannot be done as asked, before any work is."""
    if options.write is None:
        for name in ("strict", "yes"):
            if getattr(options, name):
                raise InputError(f"--{name} without a section; expected --write FILE beside it")
        if options.bib and not options.annotate:
            raise InputError("--bib without keys to hold; expected --write FILE or --annotate COPY beside it")
    elif options.write.suffix.lower() not in _LAYOUTS:
        raise InputError(f"--write {options.write}: expected a file that ends in .tex or .md")
    elif options.bib is None:
        raise InputError(
            f"--write {options.write} cites papers that the draft's bibliography may lack; add --bib FILE, which will "
            "hold them"
        )
    if options.show_prompt and (options.annotate or options.export or options.json):
        raise InputError(
            "--show-prompt prints prompts and does nothing else; leave --annotate, --export and --json out"
        )
    if options.format and options.export is None:
        raise InputError("--format without a list; expected --export FILE beside it")
    targets = [path for path in (options.write, options.bib, options.export) if path is not None]
    if options.annotate:
        if options.draft == "-":
            raise InputError("--annotate with standard input; expected a draft that lies in a file")
        targets += copies(draft, Path(options.draft), options.annotate, options.force).values()
    if len({target.resolve() for target in targets}) < len(targets):
        raise InputError("two of the files to be written are one; expected a name for each")
    check_targets(draft, Path(options.draft), targets, options.force)


def is_drafting(options: argparse.Namespace) -> bool:
    """Tell whether files, or prompts, are asked for."""
    return bool(options.write or options.annotate or options.export or options.show_prompt)


def run_drafting(options: argparse.Namespace, terminal: Terminal, found: Related, collection: Corpus) -> None:
    """Write what is asked for, and say so: with --json on standard error."""
    said: list[str] = []
    cited: list[Paper] = []
    if options.write or options.show_prompt:
        section = outline(found, collection.encoder)
        settings = Settings.load()
        model = open_model("large", settings) or open_model("small", settings)
        if options.show_prompt:
            _show(terminal, section, model)
            return
        said += _write(options, terminal, section, model, settings.cap, collection)
        cited += section.new
    if options.annotate:
        written = annotate(found, Path(options.draft), options.annotate, options.force)
        files = f"{len(written)} files to {options.annotate}" if len(written) > 1 else str(written[0])
        said.append(f"Wrote {files}: the draft with comments.")
        cited += named(found)
    said += _references(options, found, cited)
    if options.export:
        items = [
            Ranked(one.paper, rank, one.score, tuple(str(wanted.sentence.place) for wanted in one.wanted_by))
            for rank, one in enumerate(found.papers, 1)
        ]
        text = export(items, export_format(options.format, options.export), found.draft.name, all_keys(found))
        write_file(text, options.export, options.force)
        said.append(f"Wrote {counted(len(items), 'paper')} to {options.export}.")
    told = Terminal(sys.stderr) if options.json else terminal
    for line in said:
        told.wrapped(line)


def _write(
    options: argparse.Namespace,
    terminal: Terminal,
    section: Section,
    model: Model | None,
    cap: float | None,
    collection: Corpus,
) -> list[str]:
    said: list[str] = []
    if model is None:
        said.append("No LLM is configured, so it is an outline; footnote config large ADDRESS sets one.")
    elif _may_send(options, section, model):
        writer = SectionWriter(model, Desk.beside(collection).checker, cap, options.strict)
        with terminal.progress(f"{model.name} writes", " themes", 1) as progress:
            section = writer.write(section, progress)
        said += [f"Note: {remark}." for remark in writer.remarks]
    else:
        said.append("Nothing was sent, so it is an outline.")
    write_file(_LAYOUTS[options.write.suffix.lower()](section), options.write, options.force)
    models = sorted({part.model for part in section.parts if part.prose})
    by = f"prose by {', '.join(models)}" if models else "an outline"
    papers, themes = counted(len(section.sources), "paper"), counted(len(section.parts), "theme")
    return [f"Wrote {options.write}: {papers} under {themes}, {by}.", *said]


def _references(options: argparse.Namespace, found: Related, cited: Sequence[Paper]) -> list[str]:
    """Write the references that the draft lacks of the papers that the section and the comments cite by key."""
    own, keys = own_keys(found), all_keys(found)
    lacking = {paper.id: paper for paper in cited if paper.id not in own}.values()
    if not lacking:
        return (
            [f"{options.bib} was not written: {found.draft.name} has every reference already."] if options.bib else []
        )
    if options.bib is None:
        return [
            f"Its comments name {counted(len(lacking), 'paper')} that the bibliography of {found.draft.name} lacks; "
            "--bib FILE writes their references, under the same keys."
        ]
    write_file(export(list(lacking), "bibtex", keys=keys), options.bib, options.force)
    return [f"Wrote {options.bib}: {counted(len(lacking), 'reference')} that {found.draft.name} lacks."]


def _may_send(options: argparse.Namespace, section: Section, model: Model) -> bool:
    """Tell whether the draft's sentences may go to the model; a person is asked, who sees them first."""
    sentences = draft_text(section)
    if model.is_local or not sentences or options.yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError(
            f"{len(sentences)} sentences of {section.draft} would go to {model.name}, which is not on this machine; "
            "look at them with --show-prompt, and add --yes to send them"
        )
    for sentence in sentences:
        print(f"  {sentence}", file=sys.stderr)
    print(f"Send these {len(sentences)} sentences to {model.name}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _show(terminal: Terminal, section: Section, model: Model | None) -> None:
    if model is None:
        terminal.line("No LLM is configured: nothing would be sent, and the section would be an outline.")
        return
    every: Sequence[Prompt] = prompts(section)
    where = "on this machine" if model.is_local else "not on this machine"
    for n, prompt in enumerate(every, 1):
        for name, text in (("system", prompt.system), ("user", prompt.text)):
            size = len(text.encode())
            terminal.line(f"=== prompt {n} of {len(every)} to {model.name}, {where}: {name} message, {size} bytes")
            terminal.line(text)
    terminal.line(
        "=== nothing was sent. The first prompt asks for a plan, is sent as it stands here, and alone holds sentences "
        "of the draft. Where the plan groups the papers otherwise, the others come with these papers in other groups."
    )
