"""Links that still lead home when the text is read elsewhere."""

import re


def absolute(url: str, root: str) -> str:
    """An address of ours, or of where pictures are kept."""
    return root + url if url.startswith("/") and not url.startswith("//") else url


def absolute_html(html: str, root: str, page: str) -> str:
    """`html` of ours with links from `/` put under `root`, and links from `#` under `root + page`.

    Only for sanitised HTML, in which every attribute stands in double quotes.
    """
    html = re.sub(r'\bsrcset="([^"]*)"', lambda found: f'srcset="{absolute_srcset(found[1], root)}"', html)
    html = re.sub(r'\b(href|src|poster)="/(?!/)', rf'\1="{root}/', html)
    return re.sub(r'\bhref="#', f'href="{root}{page}#', html)


def absolute_srcset(srcset: str, root: str) -> str:
    return re.sub(r"(^|,\s*)/(?!/)", rf"\1{root}/", srcset)
