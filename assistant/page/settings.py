"""The Settings tab: which model plays each role, what may leave the machine, what it may cost."""

import os
from collections.abc import Callable
from html import escape
from typing import Any

import gradio as gr

from ingest.errors import FootnoteError, InputError

from ..configuring import ROLES, checked, configure, key_state
from ..doctor import Finding, examine_role
from ..models import Address
from ..settings import NAMES, Settings
from .desk import Desk

_CALLED = {
    "small": ("Small model", "Asked first. Its address, such as qwen2.5-3b@http://127.0.0.1:8080/v1, or a GGUF file"),
    "large": ("Large model", "Asked where the small one's answer does not hold"),
    "judge": ("Judge", "A cross-encoder's folder that checks sentences; without one the encoder does, with rules"),
}
_LOCAL = "Ask no model outside this machine"


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open. What is changed holds from the next question on."""
    now, addresses = _read(), _addresses()
    with gr.Column(elem_id="settings-page"):
        gr.HTML(_head("Models", "Without one, answers are quoted from the papers. Nothing else is needed."))
        roles = [_role(desk, role, addresses[role]) for role in _CALLED]
        gr.HTML(
            _head(
                "What may leave this machine", "To a model elsewhere go the question and the texts of the papers found."
            )
        )
        local = gr.Checkbox(now.local_only, label=_LOCAL, interactive=not _is_fixed("local_only"), elem_id="local-only")
        local_said = gr.HTML(_fixed("local_only"), elem_classes="said", apply_default_css=False)
        gr.HTML(_head("What models may cost", "In one session; it counts for models whose price is known."))
        with gr.Row(elem_classes="set"):
            cap = gr.Textbox(
                "" if now.cap is None else f"{now.cap:g}",
                label="Cap",
                info="In the currency of their prices; empty for none",
                interactive=not _is_fixed("cap"),
            )
            save = gr.Button("Save", elem_classes="quiet-button", visible=not _is_fixed("cap"))
        cap_said = gr.HTML(_spent(desk), elem_classes="said", apply_default_css=False)

    local.input(_kept(desk, "local_only", _switched), local, local_said, **_QUIET)
    for listen in (save.click, cap.submit):
        listen(_kept(desk, "cap", lambda settings: _spent(desk)), cap, cap_said, **_QUIET)
    # Another browser tab, or the terminal, may have changed them since.
    page = gr.context.Context.root_block
    if page is not None:
        shown = [field for field, _ in roles], [said for _, said in roles]
        page.load(lambda: _values(desk), None, [*shown[0], local, cap, *shown[1], cap_said], queue=False, **_QUIET)


_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def _role(desk: Desk, role: str, value: str) -> tuple[gr.Textbox, gr.HTML]:
    """Build one role's line: its address, what keeps it, what tries it; and what is said of it."""
    name, info = _CALLED[role]
    with gr.Row(elem_classes="set"):
        field = gr.Textbox(value, label=name, info=info, placeholder="none", interactive=not _is_fixed(role))
        save = gr.Button("Save", elem_classes="quiet-button", visible=not _is_fixed(role))
        attempt = gr.Button("Try it", elem_classes="quiet-button")
    said = gr.HTML(_told(role), elem_classes="said", apply_default_css=False)
    for listen in (save.click, field.submit):
        listen(_kept(desk, role, lambda settings: _state(role)), field, said, **_QUIET)
    attempt.click(lambda value: _tried(role, value), field, said, concurrency_id="trial", **_QUIET)
    return field, said


def _kept(desk: Desk, name: str, say: Callable[[Settings], str]) -> Callable[[Any], str]:
    """Return what keeps a setting, makes it hold, and says so."""

    def keep(value: Any) -> str:
        try:
            configure(name, ("on" if value else "off") if name == "local_only" else str(value or "").strip())
            settings = Settings.load()
        except FootnoteError as error:
            return _said(str(error), wrong=True)
        desk.configure(settings)
        refused = desk.current().unavailable.get(name)  # type: ignore[call-overload]
        return _said(refused, wrong=True) if refused else _said("Kept.") + say(settings)

    return keep


def _values(desk: Desk) -> tuple[Any, ...]:
    """Return what stands in the fields, then what is said of each role and of the cap."""
    now = _read()
    cap = "" if now.cap is None else f"{now.cap:g}"
    return *_addresses().values(), now.local_only, cap, *map(_told, _CALLED), _spent(desk)


def _addresses() -> dict[str, str]:
    """Return what stands for each role; what cannot be read is not shown, for it may hold a key."""
    now, found = _read(), {}
    for role in _CALLED:
        try:
            text = getattr(now, role) or ""
            found[role] = str(Address.parse(text)) if text and role in ROLES else text
        except FootnoteError:
            found[role] = ""
    return found


def _read() -> Settings:
    try:
        return Settings.load()
    except InputError:  # said where it is saved; the file is left as it is
        return Settings()


def _tried(role: str, value: str | None) -> str:
    """Ask a role's model for a word, and say what came; only what is kept is tried."""
    try:
        text, kept = str(value or "").strip(), _addresses()[role]
        if text != kept and (not text or checked(role, text) != kept):
            return _said("Save it first.")
        found = examine_role(role, Settings.load())  # type: ignore[arg-type]
    except FootnoteError as error:
        return _said(str(error), wrong=True)
    return _said(_finding(found), wrong=found.works is False)


def _finding(found: Finding) -> str:
    if found.works is None:
        return "No model is set, so there is nothing to try."
    took = "" if found.seconds is None else f" in {found.seconds:.1f} s"
    return f"Works: {found.detail}{took}." if found.works else f"Fails: {found.detail}"


def _told(role: str) -> str:
    return _fixed(role) + _state(role)


def _state(role: str) -> str:
    """Say where a role's model runs, what leaves the machine, and whether there is a key; never the key."""
    if role not in ROLES:
        return ""
    settings = _read()
    text = getattr(settings, role)
    if text is None:
        return _said("None. Answers are quoted.") if role == "small" else _said("None.")
    try:
        address = Address.parse(text)
    except FootnoteError as error:
        return _said(str(error), wrong=True)
    where = (
        "On this machine; nothing leaves it."
        if address.is_local
        else f"At {address.host}: questions and sources leave this machine."
    )
    price = getattr(settings, f"{role}_price")
    return _said(f"{where} Key {key_state(role)}. " + (f"Price {price}." if price else "No price known."))


def _switched(settings: Settings) -> str:
    return _said(
        "No model elsewhere is asked." if settings.local_only else "Models elsewhere may be asked, where one is set."
    )


def _spent(desk: Desk) -> str:
    return _fixed("cap") or _said(f"Spent so far: {desk.spent:.4f}" if desk.spent else "Nothing spent so far.")


def _is_fixed(name: str) -> bool:
    return bool(os.environ.get(NAMES[name]))


def _fixed(name: str) -> str:
    """Say where a setting comes from that cannot be changed here."""
    return _said(f"Set by {NAMES[name]} in the environment, which wins.") if _is_fixed(name) else ""


def _head(name: str, what: str) -> str:
    return f"<h2>{escape(name)}</h2><p>{escape(what)}</p>"


def _said(text: str, wrong: bool = False) -> str:
    return f'<p class="{"wrong" if wrong else "right"}" role="status">{escape(text)}</p>'
