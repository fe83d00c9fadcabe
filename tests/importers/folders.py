"""Folders of a blog, written for one test; pictures by the byte."""

from io import BytesIO
from pathlib import Path

from PIL import Image


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def post(text: str = "We walked along the river.", **fields) -> str:
    """A file with YAML front matter; each field as it is given."""
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\n{lines}---\n{text}\n"


def picture(color: str = "red", kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    return file.getvalue()
