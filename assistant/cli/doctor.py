"""`footnote doctor`."""

import argparse

from ..doctor import Finding, examine
from ..settings import Settings
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    report = examine(Settings.load())
    if options.json:
        print_json(terminal, report.to_dict())
        return 0 if report.is_well else 1
    for finding in report.findings:
        terminal.line(
            f"{terminal.strong(f'{finding.role:8}')} {finding.model or ('none' if finding.works is None else '?')}"
        )
        terminal.wrapped(_found(finding), " " * 9)
    terminal.line()
    if report.local_only:
        terminal.line("local_only is on: no LLM elsewhere is asked")
    terminal.line(f"in {report.home}")
    for name, size in report.collections.items():
        terminal.line(f"  collection {name}   {size / 2**20:.1f} MiB")
    known = ", ".join(f"{library} {version}" for library, version in report.versions.items() if version)
    terminal.wrapped(known, "", "  ")
    return 0 if report.is_well else 1


def _found(finding: Finding) -> str:
    if finding.works is None:
        return finding.detail
    took = "" if finding.seconds is None else f" in {finding.seconds:.1f} s"
    state = f"works: {finding.detail}{took}" if finding.works else f"fails: {finding.detail}"
    if finding.where is None:
        return state
    goes = f"{finding.leaves} leave this machine" if finding.leaves else "nothing leaves this machine"
    return f"{finding.where} · {goes} · {state}"
