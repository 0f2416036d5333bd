"""`Stop`: a person's wish that an answer end here, from any thread."""

from .asking import Stream


class Stop:
    """Ends the answer that it was given to.

    Attributes:
        pressed: whether it was pressed; it stays so.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._stream: Stream | None = None

    def press(self) -> None:
        """End what is being written: the model is hung up on at once, and what has come stays."""
        self.pressed = True
        if self._stream is not None:
            self._stream.stop()

    def may_end(self, stream: Stream) -> None:
        """Let this stop a stream, now if it was pressed already."""
        self._stream = stream
        if self.pressed:
            stream.stop()
