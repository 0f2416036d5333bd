from ..document import Document
from ..reading import Reading
from .formats import Format
def read(d: Document) -> Reading: raise NotImplementedError
FORMAT = Format("Markdown", (".sqlite",), lambda head: False, read)
