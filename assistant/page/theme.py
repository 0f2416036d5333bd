"""How the page looks: one calm theme, light and dark, in the fonts that the machine has."""

from pathlib import Path

import gradio as gr

_FOLDER = Path(__file__).parent
_FIRST = _FOLDER / "first.js"
FAVICON = _FOLDER / "footnote.svg"

# Gradio's names for colours, with ours: (light, dark). page.css uses these and no others. Every
# text on every ground it stands on has a contrast of 4.5 to 1 or more (WCAG AA).
COLOURS = {
    "body_background_fill": ("#faf8f4", "#17181a"),  # the paper
    "background_fill_primary": ("#faf8f4", "#17181a"),
    "background_fill_secondary": ("#ffffff", "#1f2123"),  # what lies on it
    "block_background_fill": ("#faf8f4", "#17181a"),
    "input_background_fill": ("#ffffff", "#1f2123"),
    "body_text_color": ("#1e1d1b", "#e7e4de"),
    "body_text_color_subdued": ("#625d55", "#a6a198"),
    "input_placeholder_color": ("#6b665d", "#9a958c"),
    "border_color_primary": ("#e3ded4", "#34363a"),
    "input_border_color": ("#8f897d", "#6d7076"),  # 3 to 1: it shows where to type
    "link_text_color": ("#0d5a73", "#84c9dc"),  # the accent
    "checkbox_background_color": ("#ffffff", "#1f2123"),
    "checkbox_border_color": ("#8f897d", "#6d7076"),
    "checkbox_background_color_selected": ("#0d5a73", "#84c9dc"),
    "checkbox_border_color_selected": ("#0d5a73", "#84c9dc"),
    "checkbox_border_color_focus": ("#0d5a73", "#84c9dc"),
    "color_accent_soft": ("#d9ebf0", "#21434e"),  # the accent, as ground of quoted words
}
_SANS = ("-apple-system", "BlinkMacSystemFont", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme. `Font` is a font of the machine: Gradio loads nothing for it."""
    colours = {name: light for name, (light, _) in COLOURS.items()}
    colours |= {f"{name}_dark": dark for name, (_, dark) in COLOURS.items()}
    sans, mono = ([gr.themes.Font(name) for name in names] for names in (_SANS, _MONO))
    chosen: gr.themes.Base = gr.themes.Base(font=sans, font_mono=mono).set(
        **colours, block_border_width="0px", block_shadow="none"
    )
    return chosen


def head() -> str:
    """Return what stands in the page's head: every style sheet, whole, so that they are there from the start.

    No script: a page's security policy lets none run that stands in it.
    """
    sheets = "\n".join(path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.css")))
    return f"<style>{sheets}</style>"


def first() -> str:
    """Return the script that sets the theme. It runs as the header is made, before anything is seen."""
    return _FIRST.read_text("utf-8")


def script() -> str:
    """Return the function that runs once the page has loaded: it calls each script here, which is a function."""
    scripts = (path.read_text("utf-8").strip() for path in sorted(_FOLDER.glob("*.js")) if path != _FIRST)
    return f"() => {{ for (const run of [{','.join(f'({text})' for text in scripts)}]) run(); }}"
