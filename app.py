"""The page and what is served beside it: `footnote serve`, or `python app.py`, opens it on this machine alone."""

import os
import socket
import sys
import tempfile
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import InputError

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.server.hosts import Hosts


def serve(assistant: "Assistant", hosts: "Hosts", port: int, password: str | None) -> None:
    """Serve a collection's page, its HTTP API and the Model Context Protocol until Ctrl-C.

    Args:
        password: what every route asks for; None asks nothing.
    """
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        # Read by gradio as it is imported: with these it looks up no host and keeps its files to itself.
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", GRADIO_TEMP_DIR=folder)
        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(assistant.search, "first")  # the encoder is loaded while gradio is
            import gradio

            from assistant.page import shell, theme
            from assistant.server.api import application
            from assistant.server.gate import LARGEST_UPLOAD
            from assistant.server.running import guarded, run
            from assistant.terminal import Terminal

            first.result()
        app = gradio.mount_gradio_app(
            application(assistant, hosts),
            shell.page(assistant),
            path="/",
            server_name=hosts.address,
            server_port=port,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            mcp_server=False,
            enable_monitoring=False,
            show_error=False,
            max_file_size=LARGEST_UPLOAD,
            favicon_path=theme.FAVICON,
            theme=theme.theme(),
            head=theme.head(),
            js=theme.script(),
        )
        url = f"http://{hosts.url_host}:{port}"

        def up() -> None:
            Terminal(sys.stdout).line(f"{len(assistant.collection)} papers at {url}   (Ctrl-C stops)")
            sys.stdout.flush()
            if sys.stdout.isatty() and _has_display():
                webbrowser.open(url)

        run(guarded(app, hosts, password, Path(folder)), hosts, port, up)


def check_port(port: int, host: str) -> None:
    """Find out, before anything slow is begun, whether a port can be had.

    Raises:
        InputError: it is in use, not permitted, or no port; or the address is none of this machine's.
    """
    if not 0 < port < 65536:
        raise InputError(f"port {port} is none; expected 1 to 65535, such as: footnote serve --port 7860")
    error = _try(port, host)
    if error is None:
        return
    if not isinstance(error, PermissionError) and _try(0, host) is not None:
        raise InputError(f"host {host} is no address of this machine; expected one, such as 127.0.0.1")
    free = next((p for p in range(port + 1, min(port + 100, 65536)) if _try(p, host) is None), 7860)
    found = "is not permitted" if isinstance(error, PermissionError) else "is in use"
    raise InputError(f"port {port} {found}; expected a free one: footnote serve --port {free}")


def _try(port: int, host: str) -> OSError | None:
    """Return what stands in the way of listening on a port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            return error
    return None


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    from assistant.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
