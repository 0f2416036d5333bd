"""`footnote serve`."""

import argparse

from ..server.hosts import LOOPBACK, Hosts
from ..server.password import read_password
from ..terminal import Terminal
from .common import open_assistant


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    parser.add_argument("--host", default=LOOPBACK, metavar="ADDRESS", help="default: %(default)s, this machine alone")
    parser.add_argument("--public", action="store_true", help="let other machines in; a password must be set")


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    from app import check_port, serve

    password = read_password()
    hosts = Hosts.create(options.host, options.public, password is not None)
    check_port(options.port, hosts.address)
    serve(open_assistant(options, terminal, lenient=True), hosts, options.port, password)
    return 0
