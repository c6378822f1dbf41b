"""Files for Meta itself: the picture of a profile, and the examples of templates.

https://developers.facebook.com/docs/graph-api/guides/upload
"""

from mimetypes import guess_type
from pathlib import Path

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import Graph


def upload(graph: Graph, app_id: str, file: Path) -> str:
    """Upload a file, and return its handle. Raises GraphError; StackError when it cannot be read."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from None
    kind = guess_type(file.name)[0] or "application/octet-stream"
    about = {"file_name": file.name, "file_length": str(len(data)), "file_type": kind}
    session = str(graph.ask("POST", f"{app_id}/uploads", params=about)["id"])
    headers = {"authorization": f"OAuth {graph.token}", "file_offset": "0"}
    # Without the dot the part before the colon of `upload:…` would be read as a scheme.
    return str(graph.ask("POST", f"./{session}", content=data, headers=headers)["h"])
