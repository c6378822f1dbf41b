"""What people want is understood, and what they do not want is not. The list is in intents.txt."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rejoinder import Intent
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.router import MIN_CONFIDENCE

INTENTS = (
    Intent(
        name="order_status",
        examples=[
            *(
                "where is my order 1234",
                "when does my parcel arrive",
                "track my order",
                "has my order been shipped",
            ),
            *("what is the status of my order", "wo ist meine Bestellung 1234", "wann kommt mein Paket an"),
            *("wo bleibt meine Lieferung", "dónde está mi pedido 1234", "cuándo llega mi paquete"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="cancel_order",
        examples=[
            *("cancel my order 1234", "I want to cancel my order", "cancel it", "can I cancel an order"),
            *("ich möchte meine Bestellung stornieren", "Bestellung 1234 stornieren", "ich will stornieren"),
            *("cancelar mi pedido 1234", "quiero cancelar el pedido"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="book_table",
        examples=[
            *(
                "book a table",
                "reserve a table for tonight",
                "I want to make a reservation",
                "do you have a free table",
            ),
            *("einen Tisch reservieren", "einen Tisch für 4 Personen", "habt ihr heute einen Tisch frei"),
            *("reservar una mesa para 4", "quiero hacer una reserva", "tienen una mesa para hoy"),
        ],
        slots={"people": "[0-9]{1,2}"},
    ),
    Intent(
        name="opening_hours",
        examples=[
            *(
                "when are you open",
                "what are your opening hours",
                "are you open on sunday",
                "what time do you close",
            ),
            *(
                "wann habt ihr geöffnet",
                "wie sind eure Öffnungszeiten",
                "habt ihr am Sonntag offen",
                "wann macht ihr zu",
            ),
            *("cuál es el horario", "a qué hora abren", "a qué hora cierran", "están abiertos el domingo"),
        ],
    ),
    Intent(
        name="refund",
        examples=[
            *(
                "I want my money back",
                "refund my order 1234",
                "I would like a refund",
                "how do I return an item",
            ),
            *("ich möchte mein Geld zurück", "wie kann ich etwas zurückgeben", "einen Artikel zurückgeben"),
            *("quiero mi dinero de vuelta", "quiero un reembolso", "devolver un artículo", "una devolución"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="person",
        examples=[
            *("talk to a person", "I want to speak to a human", "can I talk to somebody", "call me please"),
            *(
                "ich möchte mit einem Menschen sprechen",
                "mit einem Mitarbeiter reden",
                "bitte rufen Sie mich an",
            ),
            *("quiero hablar con una persona", "hablar con alguien", "llámenme por favor"),
        ],
    ),
)

NONE = "-"


def _phrases() -> list[tuple[str, str]]:
    text = (Path(__file__).parent / "intents.txt").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if not line.startswith("#")]
    return [(meant, words) for meant, words in rows]


PHRASES = _phrases()
HALVES = pytest.mark.parametrize(
    ("half", "recall"), [(PHRASES[::2], 0.9), (PHRASES[1::2], 0.8)], ids=["tuned", "held out"]
)


def taken(words: str) -> str:
    """Return the intent that a bot would take `words` for; NONE when it would ask again."""
    understood = FuzzyUnderstanding().understand(words, INTENTS)
    return understood.intent if understood and understood.confidence >= MIN_CONFIDENCE else NONE


def test_the_list_has_two_hundred_phrases_for_six_intents_and_for_none() -> None:
    assert len({words for _, words in PHRASES}) == len(PHRASES) >= 200
    assert {meant for meant, _ in PHRASES} == {NONE, *(intent.name for intent in INTENTS)}


@HALVES
def test_what_people_want_is_mostly_found(half: Sequence[tuple[str, str]], recall: float) -> None:
    wanted = [(meant, words) for meant, words in half if meant != NONE]
    found = [words for meant, words in wanted if taken(words) == meant]
    assert len(found) / len(wanted) >= recall


@HALVES
def test_almost_nothing_is_taken_for_what_it_is_not(half: Sequence[tuple[str, str]], recall: float) -> None:
    takes = [(words, taken(words), meant) for meant, words in half if taken(words) != NONE]
    assert sum(took == meant for _, took, meant in takes) / len(takes) >= 0.98
