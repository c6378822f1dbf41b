"""`rejoinder export` and `rejoinder forget` of the files in the media bucket."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from rejoinder.aws.media import S3Files
from rejoinder.model.files import File
from rejoinder.model.ids import conversation_key
from rejoinder.model.people import Contact
from rejoinder.workbench.cli import export, forget
from rejoinder.workbench.cli.files import FilesOfContacts
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.stack.local import OUTPUTS
from tests.moto.stacks import REGION, create_ours, create_stack
from tests.moto.test_operations import BOB, process
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, ADA, inbound

__all__ = ["at_once", "place"]


@pytest.fixture
def kept(place: Deployed, s3: S3Client, unique: str) -> Deployed:
    """Return a deployment with a media bucket."""
    s3.create_bucket(Bucket=f"{unique}-media")
    return replace(place, media_bucket_name=f"{unique}-media")


def keep(place: Deployed, contact: Contact, name: str, content: bytes = b"%PDF") -> str:
    """Keep a file of a contact, and return its key."""
    key = f"contacts/{conversation_key(str(ACCOUNT), contact.id)}/sent/{len(name):013}"
    file = File(key=key, name=name, mime_type="application/pdf", size=0, sha256="")
    S3Files(lambda: place.client("s3"), place.media_bucket_name).keep(file, BytesIO(content))
    return key


def keys(place: Deployed) -> set[str]:
    listed = place.client("s3").list_objects_v2(Bucket=place.media_bucket_name)
    return {one["Key"] for one in listed.get("Contents", [])}


def test_an_export_lists_the_files_of_a_contact_and_writes_them_into_a_folder(
    kept: Deployed, tmp_path: Path
) -> None:
    process(kept, inbound("count"), inbound("count", id="wamid.b", contact=BOB))
    key = keep(kept, ADA, "Röntgen.pdf", b"X-ray")
    keep(kept, BOB, "of Bob.pdf")
    (found,) = export.kept(kept, "15550002001")
    (file,) = found["files"]
    assert file.pop("at").endswith("+00:00")
    assert file == {"name": "Röntgen.pdf", "type": "application/pdf", "bytes": 5, "key": key}
    assert "of Bob" not in json.dumps(found, default=float)
    (found,) = export.kept(kept, "15550002001", tmp_path / "files")
    (path,) = (tmp_path / "files").iterdir()
    assert found["files"][0]["path"] == str(path)
    assert path.name.endswith("-Röntgen.pdf")
    assert path.read_bytes() == b"X-ray"


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "..", "a\0b", "é" * 300, ""])
def test_a_name_of_a_file_leads_nowhere(kept: Deployed, tmp_path: Path, name: str) -> None:
    process(kept, inbound("count"))
    keep(kept, ADA, name)
    (found,) = export.kept(kept, "15550002001", tmp_path / "files")
    assert name.endswith(found["files"][0]["name"]), "S3 takes 2 KB"
    assert [path.read_bytes() for path in (tmp_path / "files").iterdir()] == [b"%PDF"]
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_forgetting_deletes_the_files_of_a_contact_and_of_nobody_else(
    kept: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rejoinder.workbench.cli.files.AT_ONCE", 2)
    process(kept, inbound("count"), inbound("count", id="wamid.b", contact=BOB))
    for length in range(1, 6):
        keep(kept, ADA, "x" * length)
    others = {keep(kept, BOB, "b")}
    kept.client("s3").put_object(Bucket=kept.media_bucket_name, Key="bot/menu", Body=b"")
    erased = forget.erase(kept, Table(kept).find("15550002001"))
    assert erased["files"] == 5
    assert keys(kept) == others | {"bot/menu"}
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(kept, Table(kept).find("15550002001"))


def test_the_files_of_conversations_that_became_one_are_found_and_deleted(kept: Deployed) -> None:
    nameless, by_user = Contact(id="15550004", phone="15550004"), Contact(id="US.4", user_id="US.4")
    for contact in (nameless, by_user):
        process(kept, inbound("count", id=f"wamid.{contact.id}", contact=contact))
        keep(kept, contact, "a.pdf")
    process(kept, inbound("count", id="wamid.both", contact=replace(nameless, id="US.4", user_id="US.4")))
    (found,) = export.kept(kept, "US.4")
    assert len(found["files"]) == 2
    assert forget.erase(kept, Table(kept).find("US.4"))["files"] == 2
    assert keys(kept) == set()


def test_forgetting_that_was_cut_short_still_finds_the_files(
    kept: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(kept, inbound("count"))
    keep(kept, ADA, "a.pdf")
    with monkeypatch.context() as patch:
        patch.setattr(FilesOfContacts, "delete", lambda *_: pytest.exit("killed"))
        with pytest.raises(BaseException, match="killed"):
            forget.erase(kept, Table(kept).find("15550002001"))
    assert forget.erase(kept, Table(kept).find("15550002001"))["files"] == 1
    assert keys(kept) == set()


def test_a_file_that_a_turn_saved_meanwhile_is_deleted_too(
    kept: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(kept, inbound("count"))
    replace_ = Table.replace

    def saves(table: Table, items: object, new: object) -> None:
        keep(kept, ADA, "late.pdf")
        replace_(table, items, new)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "replace", saves)
    forget.erase(kept, Table(kept).find("15550002001"))
    assert keys(kept) == set()


def test_files_that_are_left_alone_are_found_by_the_next_erasure(kept: Deployed) -> None:
    process(kept, inbound("count"))
    forget.erase(kept, Table(kept).find("US.111"))
    keep(kept, ADA, "late.pdf")
    assert list(forget.erase(kept, Table(kept).find("US.111")).values()) == [0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_a_file_that_s3_does_not_delete_is_an_error(kept: Deployed) -> None:
    process(kept, inbound("count"))
    keep(kept, ADA, "a.pdf")
    real = kept.client("s3")

    class Refuses:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def delete_objects(self, **_: object) -> dict[str, object]:
            return {"Errors": [{"Key": "k", "Code": "AccessDenied"}]}

    refuses = replace(kept, client=lambda service: Refuses() if service == "s3" else kept.client(service))
    with pytest.raises(StackError, match="not deleted \\(AccessDenied\\): repeat"):
        forget.erase(refuses, Table(kept).find("15550002001"))
    assert export.kept(kept, "15550002001")[0]["conversation"], "it can be repeated"


def test_a_deployment_from_before_the_media_bucket_is_exported_and_erased(place: Deployed) -> None:
    process(place, inbound("count"))
    (found,) = export.kept(place, "15550002001")
    assert found["files"] == []
    assert forget.erase(place, Table(place).find("15550002001"))["files"] == 0


def test_a_bucket_that_was_deleted_by_hand_is_an_error(place: Deployed) -> None:
    process(place, inbound("count"))
    with pytest.raises(ClientError, match="NoSuchBucket"):
        export.kept(replace(place, media_bucket_name="gone"), "15550002001")


def test_a_stack_is_ours_with_the_media_bucket_and_before_it_had_one(
    unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    create_ours(unique)
    before = {output: output for output in OUTPUTS.values() if output != "MediaBucketName"}
    create_stack(f"{unique}-old", before)
    with deployed(Where(stack=unique)) as place:
        assert place.media_bucket_name == f"{unique}-MediaBucketName"
    with deployed(Where(stack=f"{unique}-old")) as place:
        assert place.media_bucket_name == ""
