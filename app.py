"""The page: `footnote serve`, or `python app.py`, opens it on this machine alone."""

import os
import signal
import socket
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from ingest.errors import InputError

_HOST = "127.0.0.1"


def serve(collection: str = "survey", port: int = 7860) -> None:
    """Serve a collection's page until Ctrl-C.

    Raises:
        InputError: the port cannot be had, or there is no such collection.
    """
    check_port(port)
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        # Read by gradio as it is imported: with these it looks up no host and keeps its files to itself.
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", GRADIO_TEMP_DIR=folder)
        # gradio calls itself once, to see that it is up; no proxy should stand between.
        without = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        os.environ["no_proxy"] = ",".join(filter(None, [without, _HOST]))
        from assistant.pipeline import Assistant
        from assistant.terminal import Terminal

        assistant = Assistant.open(collection, lenient=True)  # the page says what is missing
        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(assistant.search, "first")  # the encoder is loaded while gradio is
            from assistant.page import shell, theme

            first.result()
        page = shell.page(assistant)
        _, url, _ = page.launch(
            server_name=_HOST,
            server_port=port,
            inbrowser=sys.stdout.isatty() and _has_display(),
            prevent_thread_lock=True,
            quiet=True,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            favicon_path=theme.FAVICON,
            theme=theme.theme(),
            head=theme.head(),
            js=theme.script(),
        )
        Terminal(sys.stdout).line(f"{len(assistant.collection)} papers at {url}   (Ctrl-C stops)")
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, with nothing left behind
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            page.close(verbose=False)


def check_port(port: int) -> None:
    """Find out, before anything slow is begun, whether a port can be had.

    Raises:
        InputError: it is in use, not permitted, or no port.
    """
    if not 0 < port < 65536:
        raise InputError(f"port {port} is none; expected 1 to 65535, such as: footnote serve --port 7860")
    error = _try(port)
    if error is None:
        return
    free = next((p for p in range(port + 1, min(port + 100, 65536)) if _try(p) is None), 7860)
    found = "is not permitted" if isinstance(error, PermissionError) else "is in use"
    raise InputError(f"port {port} {found}; expected a free one: footnote serve --port {free}")


def _try(port: int) -> OSError | None:
    """Return what stands in the way of listening on a port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError as error:
            return error
    return None


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    from assistant.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
