"""Reads a PDF from standard input, in a process of its own with bounds on memory and time; run by `pdf.py`.

It imports nothing of this project. Its answer on standard output is one JSON object: {"pages": [text, ...], "of": n}
or {"error": words}.
"""

import json
import logging
import sys

MEMORY = 1536 * 2**20  # bytes
SECONDS = 40  # of processor time
_MOST_PAGES = 300
_MOST_TEXT = 8 * 2**20  # characters


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; there the parent's clock alone bounds this process
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _read(content: bytes) -> dict[str, object]:
    import io

    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "is encrypted with a password; expected one that opens without: save a copy that does"}
        of = len(reader.pages)
        pages: list[str] = []
        for number in range(min(of, _MOST_PAGES)):
            pages.append(reader.pages[number].extract_text())
            if sum(map(len, pages)) > _MOST_TEXT:
                return {"error": f"has more than {_MOST_TEXT // 2**20} MiB of text; expected a paper or a book"}
        return {"pages": pages, "of": of}
    except (FileNotDecryptedError, DependencyError):
        return {"error": "is encrypted; save a copy without encryption"}
    except MemoryError:
        return {"error": "needs more memory than a draft should; print it to a new PDF and try that one"}
    except RecursionError:
        return {"error": "is nested too deeply to be read; print it to a new PDF and try that one"}
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
            ArithmeticError, NotImplementedError) as error:  # fmt: skip
        # What pypdf raises on broken files is not one family.
        return {
            "error": f"is damaged ({type(error).__name__}: {' '.join(str(error).split())[:120]}); print it to a new PDF"
        }


if __name__ == "__main__":
    _bound()
    logging.disable(logging.CRITICAL)  # pypdf's remarks on odd files are of no use to a person
    answer = json.dumps(_read(sys.stdin.buffer.read()))
    sys.stdout.write(answer)
