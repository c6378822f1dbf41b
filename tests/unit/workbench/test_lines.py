"""What a person types in `rejoinder chat` and `rejoinder talk`."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from rejoinder.model.contents import Audio, ContactCard, Document, FormReply, Image, Location, Sticker, Video
from rejoinder.workbench.handset.lines import ByHand, Choice, Mistyped, Passing, Sending, Words, read


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that the person is in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def a_file(name: str, content: bytes = b"some bytes") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def sent(line: str) -> object:
    sending = read(line)
    assert isinstance(sending, Sending)
    return sending.content


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("hello there", Words(words="hello there")),
        ("//photo", Words(words="/photo")),
        ("///", Words(words="//")),
        ("/", Words(words="/")),
        ("/start", Words(words="/start")),
        ("/book 5 people", Words(words="/book 5 people")),
        (r"name: Ada\npeople: 3", Words(words="name: Ada\npeople: 3")),
        (r"//help\nme", Words(words="/help\nme")),
        ("[Book a table]", Choice(title="Book a table")),
        ("... 25 hours", Passing(time=timedelta(hours=25))),
        ("/wait 25 hours", Passing(time=timedelta(hours=25))),
        ("/wait 1 day", Passing(time=timedelta(days=1))),
        ("/human I come at once", ByHand(words="I come at once")),
        ("/release", "release"),
        ("/help", "help"),
        ("/data", "data"),
    ],
)
def test_a_line_is_what_it_looks_like(line: str, meant: object) -> None:
    assert read(line) == meant


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("/location 52.5 13.4", Location(latitude=52.5, longitude=13.4)),
        ('/form {"people": 4}', FormReply(name="flow", response='{"people": 4}')),
        ("/location -33.9,151", Location(latitude=-33.9, longitude=151)),
        ("/location 52.5, 13.4 The Zoo", Location(latitude=52.5, longitude=13.4, name="The Zoo")),
        ("/contact Ada +1 (555) 000-1111", ContactCard(name="Ada", phones=("15550001111",))),
        ("/contact Ada Lovelace 15550001111", ContactCard(name="Ada Lovelace", phones=("15550001111",))),
    ],
)
def test_places_and_cards_are_sent(line: str, content: object) -> None:
    assert sent(line) == content


@pytest.mark.parametrize(
    ("command", "name", "kind", "mime_type"),
    [
        ("photo", "cat.jpg", Image, "image/jpeg"),
        ("image", "cat.PNG", Image, "image/png"),
        ("video", "cat.mp4", Video, "video/mp4"),
        ("audio", "cat.m4a", Audio, "audio/mp4"),
        ("voice", "cat.ogg", Audio, "audio/ogg; codecs=opus"),
        ("sticker", "cat.webp", Sticker, "image/webp"),
        ("document", "menu.pdf", Document, "application/pdf"),
        ("document", "notes", Document, "application/octet-stream"),
    ],
)
def test_a_file_is_sent_as_what_it_is(command: str, name: str, kind: type, mime_type: str) -> None:
    a_file(name, b"meow")
    content = sent(f"/{command} {name}")
    assert type(content) is kind
    assert isinstance(content, Image | Video | Audio | Document | Sticker)
    assert (content.mime_type, content.caption) == (mime_type, "")
    assert content.sha256 == b64encode(sha256(b"meow").digest()).decode()
    assert content.media_id.isdigit()
    assert not isinstance(content, Document) or content.filename == name
    assert not isinstance(content, Audio) or content.voice is (command == "voice")


def test_what_is_sent_is_told_with_its_type_and_size() -> None:
    a_file("my/cat.jpg", b"x" * 5000)
    sending = read("/photo my/cat.jpg")
    assert isinstance(sending, Sending)
    assert sending.told == "photo cat.jpg, image/jpeg, 5 KB"


@pytest.mark.parametrize(
    ("rest", "caption"),
    [
        ("my old cat.jpg", ""),
        ("my old cat.jpg  Look at  this", "Look at  this"),
        ("'my old cat.jpg' Look", "Look"),
        ('"my old cat.jpg"', ""),
        (r"my\ old\ cat.jpg Look", "Look"),
        ("{folder}/my old cat.jpg Look", "Look"),
        ("~/pictures/my old cat.jpg Look", "Look"),
        ("'~/pictures/my old cat.jpg' Look", "Look"),
    ],
)
def test_a_path_may_have_spaces_and_a_tilde_and_a_caption_behind_it(
    folder: Path, rest: str, caption: str
) -> None:
    a_file("my old cat.jpg")
    a_file("home/pictures/my old cat.jpg")
    content = sent(f"/photo {rest.format(folder=folder)}")
    assert isinstance(content, Image)
    assert content.caption == caption


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/foto cat.jpg", r"no command /foto: is it /photo\? To say these words, type //foto cat\.jpg"),
        ("/Photo cat.jpg", "is it /photo?"),
        ("/photo", "name a file: /photo cat.jpg"),
        ("/photo none.jpg", r"^there is no file none\.jpg in /"),
        ("/photo none.jpg Look", "there is no file none.jpg Look in /"),
        ("/photo " + "x" * 5000, "there is no file x"),
        ("/photo ~nobody-of-this-name/cat.jpg", "there is no file ~nobody"),
        ("/photo pictures", "pictures is a folder: name a file in it"),
        (
            "/photo cat.gif",
            r"^cat\.gif: WhatsApp takes image/jpeg or image/png as image, not image/gif\. .*/docu",
        ),
        ("/photo big.jpg", r"WhatsApp takes 5,120 KB as image, not 5,121 KB\. As a file of any type: /docu"),
        ("/sticker cat.webp Look", "/sticker takes no caption"),
        ("/location", "a place is a latitude"),
        ("/location Berlin", "a place is a latitude"),
        ("/location 91 13", "a place is a latitude"),
        ("/location 52.5 -181", "a place is a latitude"),
        ("/contact Ada", "a contact has a name and a number"),
        ("/contact +15550001111", "a contact has a name and a number"),
        ("/wait soon", "this is not a time; write `... 25 hours`, or minutes, or days"),
        ("... soon", "this is not a time"),
        ("/human", "say what the person answers"),
        ("/release now", "/release takes nothing after it"),
    ],
)
def test_what_is_mistyped_is_one_line_that_says_what_to_type(line: str, told: str) -> None:
    a_file("cat.gif")
    a_file("cat.webp")
    a_file("pictures/cat.jpg")
    a_file("big.jpg", b"x" * (5 * 1024 * 1024 + 1))
    with pytest.raises(Mistyped, match=told) as raised:
        read(line)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    a_file("cat.jpg")
    monkeypatch.setattr(Path, "read_bytes", refuse)  # the tests may run as root, who may read all
    with pytest.raises(Mistyped, match=r"^cat\.jpg cannot be read: Permission denied$"):
        read("/photo cat.jpg")
