"""`rejoinder debug`: a talk again, in Python's debugger."""

from pathlib import Path

from rejoinder.aws.media import S3Files
from rejoinder.bot.keeping import NOWHERE
from rejoinder.bot.loading import load_bots, place_of
from rejoinder.model.files import Shelf
from rejoinder.workbench.debugger.finding import Finder
from rejoinder.workbench.debugger.session import debug
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project


def main(project: Project, where: Where, named: str) -> int:
    """Run the talk that a conversation, a contact or a failed update names again, and return 0."""
    with deployed(where) as place:
        show(place, project.bot, named)
    return 0


def show(place: Deployed, folder: Path, named: str) -> None:
    """Find the talk in a deployment, and run it again with the bot of a folder."""
    found = Finder(place).find(named)
    try:
        bots = load_bots(folder)
    except Exception as error:
        raise StackError(place_of(error, folder)) from error
    debug(bots.of(found.account), found, _shelf(place))


def _shelf(place: Deployed) -> Shelf:
    """Return where the files of contacts are read."""
    bucket = place.media_bucket_name
    return S3Files(lambda: place.client("s3"), bucket) if bucket else NOWHERE
