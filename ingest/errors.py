"""What can go wrong, as one tree.

    FootnoteError            anything this package raises on purpose
    ├── InputError           a person gave something that cannot be used (exit code 2)
    │   └── NotAPaper        one record cannot be a paper; a reader turns it into a refusal
    └── DamageError          a file this package wrote is not as it was written (exit code 1)

Every message is one line that says what was found, what was expected and what to do.
"""


class FootnoteError(Exception):
    """Base of every error raised on purpose; `str(error)` is fit to show to a person."""


class InputError(FootnoteError):
    """What a person gave cannot be used."""


class NotAPaper(InputError):
    """One record cannot be a paper."""


class DamageError(FootnoteError):
    """A file on disk is not what was written there."""
