"""`rejoinder debug`: a talk again, in Python's debugger."""

from rejoinder.aws.media import S3Files
from rejoinder.bot.keeping import NOWHERE
from rejoinder.bot.loading import load_bots, place_of
from rejoinder.model.files import Shelf
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.debugger.finding import Finder
from rejoinder.workbench.debugger.session import debug
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project


def main(project: Project, where: Where, named: str) -> int:
    """Run the talk that a conversation, a contact or a failed update names again, and return 0."""
    with deployed(where) as place:
        found = Finder(place).find(named)
        try:
            bots = load_bots(project.bot)
        except Exception as error:
            raise StackError(place_of(error, project.bot)) from error
        debug(bots.of(found.account), found, _shelf(place))
    return 0


def _shelf(place: Deployed) -> Shelf:
    """Return where the files of contacts are read."""
    bucket = place.media_bucket_name
    return S3Files(lambda: place.client("s3"), bucket) if bucket else NOWHERE
