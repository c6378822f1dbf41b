"""Rendering of files and places: alone, above words, and on cards."""

from collections.abc import Mapping

from rejoinder.errors import Rejected
from rejoinder.model.contents import Document, Header, Location
from rejoinder.model.files import File
from rejoinder.model.said import SaidFile

Json = dict[str, object]


def render_file(content: SaidFile) -> Json:
    """Return which file it is: by Meta's id, or by its address. A document also has its name.

    Raises Rejected for a file that was not given to Meta before.
    """
    if content.media_id:
        file: Json = {"id": content.media_id}
    elif isinstance(content.file, str):
        file = {"link": content.file}
    else:
        raise Rejected(0, f"the file of this {content.kind} was not uploaded")
    if isinstance(content, Document) and (name := _name_of(content)):
        file["filename"] = name
    return file


def _name_of(document: Document) -> str:
    return document.filename or (document.file.name if isinstance(document.file, File) else "")


def render_place(content: Location) -> Json:
    """Return where a place is, and what it is called."""
    place: Json = {"latitude": content.latitude, "longitude": content.longitude}
    return place | filled({"name": content.name, "address": content.address})


def filled(fields: Mapping[str, object]) -> Json:
    """Return `fields` without what is empty."""
    return {name: value for name, value in fields.items() if value}


def render_frame(body: str = "", header: Header = "", footer: str = "") -> Json:
    """Return the words of an interactive message, with what stands above and below them."""
    frame: Json = {}
    if body:
        frame["body"] = {"text": body}
    if isinstance(header, str):
        if header:
            frame["header"] = {"type": "text", "text": header}
    else:
        frame["header"] = {"type": header.kind, header.kind: render_file(header)}
    if footer:
        frame["footer"] = {"text": footer}
    return frame
