"""Reading PDFs in tests."""

import pypdfium2


def pages(document: bytes) -> list[str]:
    """The text of each page, spaces and line ends as one space."""
    opened = pypdfium2.PdfDocument(document)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]
