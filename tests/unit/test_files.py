"""Files that a bot says and saves, as a test of an author sees them: with `Phone`."""

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from rejoinder import Audio, Bot, BotError, Chat, Document, File, Image, Media, MediaGone, Sticker, Video
from rejoinder.bot.files import OPUS, type_of
from rejoinder.bot.loading import load_bot
from rejoinder.errors import BotFailed
from rejoinder.model.contents import Media as AnyMedia
from rejoinder.model.files import leave_within_reach
from rejoinder.model.said import OutboundContent
from rejoinder.model.spoken import FileContent
from rejoinder.testing import Phone
from rejoinder.testing.memory_files import MemoryFiles
from tests.unit.files_of import JPEG, PDF, PNG, mp4, office, ogg, webp


def phone_of(*contents: OutboundContent) -> Phone:
    """Return a phone whose bot says `contents`."""
    bot = Bot()

    @bot.otherwise
    def say(chat: Chat) -> None:
        for content in contents:
            chat.say(content)

    return Phone(bot)


def saving() -> Phone:
    """Return a phone whose bot saves every file."""
    bot = Bot()

    @bot.on(Media)
    def save(chat: Chat[FileContent]) -> None:
        try:
            file = chat.save(chat.message.content)
        except MediaGone:
            chat.say("Please send it again.")
        else:
            chat.say(f"{file.name}: {file.size} bytes, {file.read()[:4]!r}")

    return Phone(bot)


def wrong(content: OutboundContent) -> str:
    """Return what is said of a content that cannot be said."""
    with pytest.raises(BotFailed) as failed:
        phone_of(content).says("hi")
    assert isinstance(failed.value.__cause__, BotError)
    return str(failed.value.__cause__)


# --- what a bot says ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a bot that says a file by its name."""
    (tmp_path / "bot" / "files").mkdir(parents=True)
    (tmp_path / "bot" / "files" / "menu.png").write_bytes(PNG)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "bot" / "bot.py").write_text(
        dedent("""\
        from rejoinder import Bot, Document, Image
        bot = Bot()

        @bot.otherwise
        def say(chat):
            kind = Image if chat.message.text.endswith("png") else Document
            chat.say(kind(chat.message.text))
        """)
    )
    return tmp_path / "bot"


def test_a_file_is_said_by_its_name_in_the_folder_of_the_bot(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    phone = Phone(load_bot(folder))
    assert phone.says("files/menu.png") == ["< (image menu.png)"]
    (file,) = phone.received
    assert (file.name, file.mime_type, file.size) == ("menu.png", "image/png", len(PNG))
    assert file.key == f"bot/{file.sha256}", "it belongs to no contact"
    assert file.read() == PNG


def test_a_bot_that_python_runs_as_a_program_finds_its_files_too(folder: Path) -> None:
    with (folder / "bot.py").open("a") as file:
        file.write("from rejoinder.testing import Phone\nprint(Phone(bot).says('files/menu.png'))\n")
    run = subprocess.run(
        [sys.executable, "bot.py"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "layers" / "rejoinder")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "['< (image menu.png)']\n", run.stderr


@pytest.mark.parametrize("name", ["../secret.txt", "files/../../secret.txt", "{outside}", "link.txt"])
def test_a_name_does_not_lead_out_of_the_folder_of_the_bot(folder: Path, name: str) -> None:
    outside = folder.parent / "secret.txt"
    (folder / "link.txt").symlink_to(outside)
    with pytest.raises(BotFailed) as failed:
        Phone(load_bot(folder)).says(name.format(outside=outside))
    assert "is not in the folder of the bot: give a Path" in str(failed.value.__cause__)


@pytest.mark.parametrize("name", ["files/none.pdf", "files", "./"])
def test_a_file_that_is_not_there_is_an_error_that_says_where_it_was_looked_for(
    folder: Path, name: str
) -> None:
    with pytest.raises(BotFailed) as failed:
        Phone(load_bot(folder)).says(name)
    assert str(failed.value.__cause__) == f"there is no file {(folder / name).resolve()}"


def test_a_bot_outside_of_a_file_names_no_files() -> None:
    made: dict[str, Bot] = {}
    exec("from rejoinder import Bot\nbot = Bot()", made)  # noqa: S102 - as an interactive Python does
    bot = made["bot"]
    bot.otherwise(lambda chat: chat.say(Image("menu.png")))
    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("hi")
    assert "has no folder to find 'menu.png' in: give a Path" in str(failed.value.__cause__)


def test_a_path_is_said_wherever_it_is_and_belongs_to_the_contact(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(PDF)
    phone = phone_of(Document(tmp_path / "bill.pdf", caption="Your bill"))
    assert phone.says("hi") == ["< (document bill.pdf) Your bill"]
    (file,) = phone.received
    assert file.key.startswith("contacts/")
    assert file.read() == PDF


def test_a_path_that_is_no_text_is_said_by_a_name_that_is(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.pdf"
    path.write_bytes(PDF)
    assert phone_of(Document(path)).says("hi") == ["< (document caf?.pdf)"]


def test_bytes_are_said_with_a_name_that_tells_what_they_are() -> None:
    phone = phone_of(
        Image(PNG), Document(PDF), Document(PDF, filename="bill.pdf"), Document(b"?", filename="a.txt")
    )
    assert phone.says("hi") == [
        "< (image image.png)",
        "< (document document.pdf)",
        "< (document bill.pdf)",
        "< (document a.txt)",
    ]
    assert [file.read() for file in phone.received] == [PNG, PDF, PDF, b"?"]


def test_a_file_that_was_saved_is_said_as_it_is() -> None:
    bot = Bot()

    @bot.on(Media)
    def back(chat: Chat[FileContent]) -> None:
        chat.say(Document(chat.save(chat.message.content)))

    phone = Phone(bot)
    assert phone.sends(Document(PDF, filename="a.pdf")) == ["< (document a.pdf)"]
    assert phone.received == phone.saved


def test_a_link_is_said_as_it_is_and_is_no_file_of_ours() -> None:
    phone = phone_of(Image("https://example.com/cat.png", caption="A cat"))
    assert phone.says("hi") == ["< (image https://example.com/cat.png) A cat"]
    assert phone.received == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Image(), 'Image needs a file: Image("files/…")'),
        (Image(7), "a file is a name, a path, bytes, a File or an https address, not 7"),  # type: ignore[arg-type]
        (Image("http://example.com/cat.png"), "no https address"),
        (Image("file:///etc/passwd"), "no https address"),
        (Image(PDF), "WhatsApp takes image/jpeg or image/png as image, not application/pdf"),
        (Image(bytes(5 * 1024 * 1024 + 1)), "WhatsApp takes"),
        (Audio(ogg(b"\x01vorbis"), voice=True), "ffmpeg"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_said_is_told_at_the_line(content: OutboundContent, words: str) -> None:
    assert words in wrong(content)


def test_a_sticker_tells_by_itself_whether_it_moves() -> None:
    phone = phone_of(Sticker(webp()), Sticker(webp(moves=False)), Sticker(webp(moves=True)))
    phone.says("hi")
    sent = [one.animated for one in phone._network.sent if isinstance(one, Sticker)]
    assert sent == [False, False, True]


def test_a_file_that_did_not_stay_until_the_end_of_the_turn_is_told_to_the_author(tmp_path: Path) -> None:
    bot = Bot()

    @bot.otherwise
    def say(chat: Chat) -> None:
        path = tmp_path / "bill.pdf"
        path.write_bytes(PDF)
        chat.say(Document(path))
        path.unlink()

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("hi")
    assert "say its bytes" in str(failed.value.__cause__)


# --- types --------------------------------------------------------------------------------------------------

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("content", "name", "mime_type"),
    [
        (JPEG, "", "image/jpeg"),
        (PNG, "photo.jpg", "image/png"),
        (webp(), "", "image/webp"),
        (webp(moves=True), "", "image/webp"),
        (mp4(b"isom"), "", "video/mp4"),
        (mp4(b"3gp4"), "", "video/3gpp"),
        (mp4(b"M4A "), "", "audio/mp4"),
        (ogg(b"OpusHead"), "", OPUS),
        (ogg(b"\x01vorbis"), "", "audio/ogg"),
        (b"ID3\x03\x00" + bytes(64), "", "audio/mpeg"),
        (b"\xff\xfb\x90\x00" + bytes(64), "", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + bytes(64), "", "audio/aac"),
        (b"#!AMR\n" + bytes(64), "", "audio/amr"),
        (PDF, "x.txt.pdf", "application/pdf"),
        (office("word/document.xml"), "", f"{OFFICE}.wordprocessingml.document"),
        (office("xl/workbook.xml"), "", f"{OFFICE}.spreadsheetml.sheet"),
        (office("notes.txt"), "", "application/zip"),
        (office("notes.txt"), "x.odt", "application/vnd.oasis.opendocument.text"),
        (b"hello", "a.txt", "text/plain"),
        (b"BMW,Audi\n1,2\n", "cars.csv", "text/csv"),
        (b"BM" + bytes(64), "picture.csv", "image/bmp"),
        (b"hello", "", "application/octet-stream"),
        (b"", "a.txt", "text/plain"),
        (b"", "", "application/octet-stream"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_type_is_what_the_first_bytes_tell_and_else_the_name(
    content: bytes, name: str, mime_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("mimetypes").types_map, ".odt", "application/vnd.oasis.opendocument.text")
    assert type_of(content, name) == mime_type


# --- what a contact sends -----------------------------------------------------------------------------------


def test_a_phone_sends_a_file_by_its_bytes_and_the_bot_saves_it() -> None:
    phone = saving()
    assert phone.sends(Image(PNG, caption="my hand")) == ["< image.png: 72 bytes, b'\\x89PNG'"]
    (file,) = phone.saved
    assert file.read() == PNG
    assert phone.transcript.splitlines()[0] == "> (image) my hand"


def test_a_phone_sends_a_file_by_its_path_and_by_its_name_in_the_folder_of_the_bot(folder: Path) -> None:
    (folder / "bot.py").write_text(
        "from rejoinder import Bot, Media\nbot = Bot()\n"
        "bot.on(Media)(lambda chat: chat.say(chat.save(chat.message.content).name))\n"
    )
    (folder / "रिपोर्ट.pdf").write_bytes(PDF)
    phone = Phone(load_bot(folder))
    assert phone.sends(Image("files/menu.png")) == ["< image.png"]
    assert phone.sends(Document(folder / "रिपोर्ट.pdf")) == ["< रिपोर्ट.pdf"]
    assert [file.read() for file in phone.saved] == [PNG, PDF]


def test_a_bot_sees_what_the_network_tells_of_a_file_and_not_its_bytes() -> None:
    bot = Bot()
    seen: list[AnyMedia] = []
    bot.on(Media)(lambda chat: seen.append(chat.message.content))
    phone = Phone(bot)
    phone.sends(Image(PNG, caption="x"), Image(PNG, media_id="7", mime_type="image/x"))
    first, _, second, _ = seen
    assert (first.file, first.mime_type, first.caption) == (None, "image/png", "x")
    assert first.media_id.isdigit()
    assert len(first.sha256_hex) == 64
    assert (second.media_id, second.mime_type) == ("7", "image/x")


def test_a_phone_sends_a_file_that_is_here() -> None:
    with pytest.raises(BotError, match="a contact sends a file that is here"):
        saving().sends(Image("https://example.com/cat.png"))


def test_a_phone_sends_back_what_the_bot_said() -> None:
    bot = Bot()
    bot.on(Media)(lambda chat: chat.say(chat.save(chat.message.content).name))
    bot.otherwise(lambda chat: chat.say(Document(PDF, filename="form.pdf")))
    phone = Phone(bot)
    phone.says("hi")
    assert phone.sends(Document(phone.received[0])) == ["< form.pdf"]
    assert phone.saved[0].read() == PDF


def test_a_network_may_lose_files() -> None:
    phone = saving()
    phone.loses_files()
    assert phone.sends(Image(PNG)) == ["< Please send it again."]
    assert phone.saved == []


def test_an_id_without_bytes_is_a_file_that_the_network_has_lost() -> None:
    assert saving().sends(Image(media_id="7")) == ["< Please send it again."]


@pytest.mark.parametrize("point", ["before step", "after step", "before commit", "after commit"])
def test_a_machine_that_stops_saves_the_file_all_the_same(point: str) -> None:
    phone = saving()
    phone.crashes(point)  # type: ignore[arg-type]
    assert phone.sends(Image(PNG)) == ["< image.png: 72 bytes, b'\\x89PNG'"]
    assert len(phone.saved) == 1


def test_each_phone_reads_its_own_files() -> None:
    one, other = saving(), saving()
    one.sends(Image(PNG))
    other.sends(Image(JPEG))
    assert one.saved[0].read() == PNG
    assert other.saved[0].read() == JPEG


# --- a File -------------------------------------------------------------------------------------------------


def file_of(name: str, content: bytes = PDF) -> File:
    """Return a file that can be read."""
    files = MemoryFiles()
    leave_within_reach(files)
    told = File(key="k", name=name, mime_type="application/pdf", size=0, sha256="")
    return files.keep(told, io.BytesIO(content))


def test_a_file_is_read_whole_or_in_pieces_or_as_a_copy_or_by_an_address() -> None:
    file = file_of("a.pdf")
    assert file.read() == PDF
    with file.open() as opened:
        assert opened.read(5) == PDF[:5]
    assert file.path.read_bytes() == PDF
    assert file.path != file.path, "each is the caller's own"
    assert file.url(expires=timedelta(minutes=5)) == "https://files.example/k?seconds=300"


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("a.pdf", "a.pdf"),
        ("रिपोर्ट " * 30 + ".pdf", None),
        ("../../etc/passwd", "passwd"),
        ("a/b/c.pdf", "c.pdf"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        ("a/", "file"),
        ("a\0b.pdf", "ab.pdf"),
        ("\ud83d.pdf", "?.pdf"),
    ],
)
def test_a_copy_has_a_name_that_the_file_system_takes(name: str, copy: str | None) -> None:
    path = file_of(name).path
    assert path.read_bytes() == PDF
    assert path.name == (copy or path.name)
    assert path.suffix == (".pdf" if name.endswith("pdf") else "")
    assert path.parent.name.startswith("rejoinder-")


@pytest.mark.parametrize("expires", [timedelta(0), timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_an_address_lives_a_week_at_most(expires: timedelta) -> None:
    with pytest.raises(BotError, match="lives up to 7 days"):
        file_of("a.pdf").url(expires=expires)


def test_a_file_can_be_read_in_a_handler_only(monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of("a.pdf")
    monkeypatch.setattr("rejoinder.model.files._left", [])
    for use in (file.read, file.open, file.url, lambda: file.path):
        with pytest.raises(BotError, match="while a handler runs"):
            use()


def test_a_video_and_a_sound_go_out_as_they_are() -> None:
    phone = phone_of(Video(mp4(b"isom")), Audio(ogg(b"OpusHead"), voice=True), Audio(ogg(b"OpusHead")))
    assert len(phone.says("hi")) == 3
    assert [file.mime_type for file in phone.received] == ["video/mp4", OPUS, OPUS]
