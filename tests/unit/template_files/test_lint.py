"""Each rule of WhatsApp's for templates is known before anything is pushed."""

from pathlib import Path

import pytest

from rejoinder.workbench.templates.lint import Finding, lint
from tests.unit.template_files.files import BAD, written

ROOT = Path(__file__).parents[3]

TOP = "category: {}\nlanguages:\n  en:\n"
UTILITY, MARKETING, CODES = (TOP.format(one) for one in ("utility", "marketing", "authentication"))
HELLO = UTILITY + "    body: Hello there\n"
REPLY = "{type: quick_reply, text: %s}"
URL = '{type: url, text: Open, url: "https://x.example/{{1}}", example: "https://x.example/1"}'
OTP = "    buttons: [{type: otp, otp: copy_code}]\n"
CARD = "      - {header: {product: true}, buttons: [{type: product, text: View}]}\n"
CARDS = f"{MARKETING}    body: Look\n    cards:\n"
OFFER = f"{MARKETING}    body: Look\n    offer: {{text: Ends soon, expires: false}}\n"


def buttons(*several: str) -> str:
    return HELLO + f"    buttons: [{', '.join(several)}]\n"


def body(words: str, **examples: str) -> str:
    """Return a template with these words, and examples: `n1` for {{1}}, others by their names."""
    names = {name: name[1:] if name[1:].isdecimal() else name for name in examples}
    told = "".join(f'      "{names[name]}": {example}\n' for name, example in examples.items())
    return f'{UTILITY}    body: "{words}"\n' + (f"    examples:\n{told}" if told else "")


RULES: dict[str, tuple[str, int, str]] = {
    "a short ttl": (
        HELLO.replace("\n", "\nttl_seconds: 10\n", 1),
        2,
        "30 to 43200, not 10; write ttl_seconds: 30",
    ),
    "a ttl of marketing": ("ttl_seconds: -1\n" + MARKETING + "    body: Hi\n", 1, "43200 to 2592000, not -1"),
    "a ttl of codes": ("ttl_seconds: 1000\n" + CODES + OTP, 1, "write ttl_seconds: 900"),
    "a fallback": ("fallback: de\n" + HELLO, 1, "the fallback 'de' is not written; write one of en"),
    "a language": (HELLO.replace("  en:", "  en-US:"), 3, "no language 'en-US'; write one of en, en_AE"),
    "an unknown language": (HELLO.replace("  en:", "  xx:"), 3, "no language 'xx'"),
    "no body": (UTILITY + "    footer: Hi\n", 3, "a template needs a body (Meta: 2388072)"),
    "a long body": (body("x" * 1025), 4, "the body has 1025 characters (Meta: 2388040); shorten it to 1024"),
    "at the start": (
        body("{{1}} is on its way now", n1="A"),
        4,
        "at the start or at the end of the body (Meta: 2388299)",
    ),
    "at the end": (
        body("It is on the way to {{1}}.", n1="A"),
        4,
        "(Meta: 2388299); put words before and after it",
    ),
    "adjacent": (
        body("Hi dear {{1}} {{2}}, all is on its way", n1="A", n2="B"),
        4,
        "side by side (Meta: INVALID_FORMAT)",
    ),
    "few words": (
        body("Hi {{1}}, bye", n1="A"),
        4,
        "2 words are too few for 1 variables (Meta: 2388293); write 3",
    ),
    "a gap": (
        body("Hello {{1}} and {{3}}, all is fine now", n1="A", n3="B"),
        4,
        "without gaps, not {{1}}, {{3}}",
    ),
    "signs": (
        body("Hello dear {{a#b}}, how are you", **{"a#b": "A"}),
        4,
        "cannot be called 'a#b' (Meta: 2388072); write {{a_b}}",
    ),
    "capitals": (body("Hello dear {{Name}}, how are you", Name="A"), 4, "write {{name}}"),
    "braces": (body("Hello dear {{1}, how are you"), 4, "braces that are no variable (Meta: 2388072)"),
    "both": (
        body("Hello {{1}} and {{name}}, all is fine now", n1="A", name="B"),
        4,
        "numbers or names, not both",
    ),
    "no example": (
        body("Hello dear {{1}}, how are you"),
        3,
        "an example of {{1}} (Meta: 2388043); write examples: {1: …}",
    ),
    "an example of nothing": (body("Hello", n1="A"), 6, "no variable is called '1'; delete its example"),
    "a name of ours": (
        body("Hello {{language}}, how are you", language="A"),
        4,
        "call the variable language_text",
    ),
    "a long header": (HELLO + f"    header: {'x' * 61}\n", 5, "the header has 61 characters (Meta: 2388040)"),
    "two in the header": (
        HELLO + '    header: "Hi {{a}} {{b}}"\n    examples: {a: A, b: B}\n',
        5,
        "the header may have one variable (Meta: 2388047)",
    ),
    "lines of a header": (HELLO + '    header: "a\\nb"\n', 5, "the header is one line (Meta: 2388047)"),
    "a header without example": (HELLO + '    header: "For {{1}}"\n', 5, "write {text: …, example: …}"),
    "a named header without example": (HELLO + '    header: "For {{a}}"\n', 5, "write examples: {a: …}"),
    "header and body": (
        body("Hello dear {{1}}, how are you", n1="A") + '      a: "x"\n    header: "For {{a}}"\n',
        8,
        "name them alike",
    ),
    "a header's file": (
        HELLO + "    header: {image: ''}\n",
        5,
        "an example of the image (Meta: 2388047); write image:",
    ),
    "a lost file": (HELLO + "    header: {image: files/b.jpg}\n", 5, "there is no file files/b.jpg"),
    "another file": (
        HELLO + "    header: {video: files/a.jpg}\n",
        5,
        "files/a.jpg is no video (Meta: 2388047)",
    ),
    "a long footer": (HELLO + f"    footer: {'x' * 61}\n", 5, "the footer has 61 characters (Meta: 2388040)"),
    "a footer's variable": (HELLO + '    footer: "Hi {{1}}"\n', 5, "no variables (Meta: 2388073)"),
    "many buttons": (buttons(*(REPLY % n for n in range(11))), 5, "11 buttons; a template has up to 10"),
    "urls": (
        buttons(*(f"{{type: url, text: a{n}, url: https://x.example}}" for n in range(3))),
        5,
        "3 buttons of type url",
    ),
    "phones": (
        buttons('{type: phone, text: a, phone: "+1"}', '{type: phone, text: b, phone: "+1"}'),
        5,
        "there may be 1",
    ),
    "groups": (
        buttons(REPLY % "a", "{type: catalog, text: b}", REPLY % "c"),
        5,
        "quick replies stand together",
    ),
    "same words": (buttons(REPLY % "a", REPLY % "a"), 5, "2 buttons are called 'a'"),
    "a long label": (
        buttons(REPLY % ("x" * 26)),
        5,
        "a button has 26 characters (Meta: 2388040); shorten it to 25",
    ),
    "a label's variable": (buttons(REPLY % '"Hi {{1}}"'), 5, "the words on a button have no variables"),
    "an address": (buttons("{type: url, text: a, url: x.example}"), 5, "no address; write https://…"),
    "a long address": (
        buttons(f"{{type: url, text: a, url: 'https://{'x' * 2000}'}}"),
        5,
        "shorten it to 2000",
    ),
    "inside an address": (
        buttons('{type: url, text: a, url: "https://x.example/{{1}}/y", example: "https://x.example/1/y"}'),
        5,
        "one variable, at its end",
    ),
    "an address without example": (
        buttons(URL.partition(", example")[0] + "}"),
        5,
        "example of the address (Meta: 2388043)",
    ),
    "an example of an address": (
        buttons("{type: url, text: a, url: https://x.example, example: https://x.example}"),
        5,
        "the address has no variable",
    ),
    "a phone": (buttons("{type: phone, text: a, phone: call me}"), 5, "'call me' is no phone number"),
    "a code": (buttons("{type: copy_code}"), 5, "an example of the code (Meta: 2388043)"),
    "a form": (buttons("{type: flow, text: a}"), 5, "named by flow_id or by flow_name"),
    "a form's screen": (
        buttons("{type: flow, text: a, flow_id: 1, flow_action: data_exchange, flow_screen: A}"),
        5,
        "delete flow_screen",
    ),
    "a code's button": (buttons("{type: otp, otp: copy_code}"), 5, "write category: authentication"),
    "a note": (HELLO + "    security_note: true\n", 5, "security_note is for one-time codes"),
    "words around a code": (
        f"{CODES}    body: Hi\n{OTP}",
        4,
        "WhatsApp writes the words around one-time codes",
    ),
    "minutes": (
        f"{CODES}    code_minutes: 91\n{OTP}",
        4,
        "code_minutes is 1 to 90, not 91; write code_minutes: 90",
    ),
    "no button for a code": (f"{CODES}    security_note: true\n", 3, "has one button, of type otp"),
    "no app": (
        f"{CODES}    buttons: [{{type: otp, otp: one_tap}}]\n",
        4,
        "one_tap needs the app that takes the code",
    ),
    "no right app": (
        f"{CODES}    buttons: [{{type: otp, otp: one_tap, apps: [{{package: a, hash: b}}]}}]\n",
        4,
        "the 11 characters of its hash",
    ),
    "terms": (
        f"{CODES}    buttons: [{{type: otp, otp: zero_tap, apps: [{{package: a.b, hash: K8a/AINcGX7}}]}}]\n",
        4,
        "write accepts_zero_tap_terms: true",
    ),
    "one card": (CARDS + CARD, 5, "a carousel has 2 to 10 cards, not 1"),
    "a footer under cards": (
        CARDS + CARD * 2 + "    footer: Hi\n",
        8,
        "a template with cards has no footer of its own",
    ),
    "unlike cards": (
        CARDS + CARD + CARD.replace("product, text", "quick_reply, text"),
        7,
        "all cards are alike",
    ),
    "a card's header": (
        CARDS + CARD.replace("product: true", "location: true") * 2,
        6,
        "a card shows an image",
    ),
    "a card's words": (
        CARDS + CARD.replace("{header", f"{{body: {'x' * 161}, header") * 2,
        6,
        "shorten it to 160",
    ),
    "a card's example": (
        CARDS + CARD.replace("{header", '{body: "Only {{1}} of these left", header') * 2,
        6,
        "an example of {{1}} (Meta: 2388043)",
    ),
    "a card's buttons": (
        CARDS + "      - {header: {product: true}}\n" * 2,
        6,
        "a card has 1 or 2 buttons, not 0",
    ),
    "an offer's category": (OFFER.replace("marketing", "utility"), 5, "write category: marketing"),
    "a long offer": (
        OFFER.replace("Ends soon", "x" * 17),
        5,
        "the offer has 17 characters (Meta: 2388040); shorten it to 16",
    ),
    "an offer's body": (OFFER.replace("Look", "x" * 601), 4, "shorten it to 600"),
    "an offer's footer": (OFFER + "    footer: Hi\n", 6, "a template with an offer has no footer"),
    "an offer's header": (OFFER + "    header: Hi\n", 6, "over an offer stands an image or a video"),
    "an offer's code": (OFFER.replace("false", "true"), 3, "has a button that copies its code"),
    "other variables": (
        body("Hello dear {{1}}, how are you", n1="A") + "  de: {body: Hallo}\n",
        7,
        "de has other variables than en",
    ),
    "other buttons": (buttons(REPLY % "a") + "  de: {body: Hallo}\n", 6, "de has other buttons than en"),
}


def found(folder: Path, text: str) -> list[Finding]:
    (folder / "files").mkdir()
    (folder / "files" / "a.jpg").touch()
    written(folder, one=text)
    return lint(folder)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_names_the_line_and_the_cure(rule: str, tmp_path: Path) -> None:
    text, line, words = RULES[rule]
    told = {(one.line, f"{one.what}; {one.cure}") for one in found(tmp_path, text)}
    assert [one for at, one in told if at == line and words in one], told


@pytest.mark.parametrize(("text", "line", "words"), BAD)
def test_what_cannot_be_read_is_a_finding(text: str, line: int, words: str, tmp_path: Path) -> None:
    (one,) = found(tmp_path, text)
    assert (one.file, one.line) == (tmp_path / "templates" / "one.yaml", line)
    assert words in f"{one.what}; {one.cure}"


@pytest.mark.parametrize(
    "text",
    [
        HELLO,
        body("Hello dear {{1}}, how are you?", n1="Ada"),
        body("*Hi* there {{name}}, how are you?", name="Ada"),
        UTILITY.replace("en", "ja") + '    body: "あ{{1}}あ"\n    examples: {1: a}\n',
        "ttl_seconds: -1\n" + HELLO,
        HELLO + '    header: {text: "For {{1}}", example: Ada}\n',
        HELLO + '    header: "For {{name}}"\n    examples: {name: Ada}\n',
        HELLO + "    header: {image: files/a.jpg}\n",
        HELLO + "    header: {location: true}\n",
        buttons(URL, '{type: phone, text: Call, phone: "+1 555 000"}', REPLY % "a", REPLY % "b"),
        f"{CODES}    code_minutes: 90\n    security_note: true\n{OTP}",
        CARDS + CARD * 2,
        OFFER,
    ],
)
def test_what_breaks_no_rule_has_no_finding(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    "bot",
    [
        pytest.param("bot", marks=pytest.mark.slow),  # any bot may lie there
        *("examples/clinic", "examples/minimal", "examples/shop"),
    ],
)
def test_the_templates_that_are_shipped_have_no_finding(bot: str) -> None:
    assert lint(ROOT / bot) == []


def test_a_name_a_suffix_and_the_words_of_another_template_are_findings(tmp_path: Path) -> None:
    written(tmp_path, first=HELLO, second=HELLO, Third=HELLO.replace("Hello", "Bye"))
    (tmp_path / "templates" / "fourth.yml").write_text(HELLO)
    (tmp_path / "templates" / "fifth.yaml").write_bytes(b"\xff")
    told = [(one.file.name, one.line, one.what) for one in lint(tmp_path)]
    assert told == [
        ("Third.yaml", 1, "a template cannot be called 'Third'"),
        ("fifth.yaml", 1, "the file cannot be read"),
        ("fourth.yml", 1, "this file is not read"),
        ("second.yaml", 4, "first has the same body and footer in en"),
    ]
