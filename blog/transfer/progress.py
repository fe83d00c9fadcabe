"""How far a long work has come, in one line that is written over."""

import shutil
import time

STEP = 0.1


class Bar:
    """Draws on `stream`; draws nothing where that is None."""

    def __init__(self, stream) -> None:
        self.stream, self.drawn = stream, 0.0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_exception) -> None:
        if self.stream and self.drawn:
            self.write("\r\033[K")

    def show(self, work: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self.stream is None or not total or now - self.drawn < STEP:
            return
        self.drawn = now
        width = max(10, min(40, shutil.get_terminal_size().columns - 30))
        full = round(width * done / total)
        self.write(f"\r\033[K{'█' * full}{'·' * (width - full)} {work} {done}/{total}")

    def write(self, text: str) -> None:
        """Without the red of errors, which a command's stream adds on a terminal."""
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
