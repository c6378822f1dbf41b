"""The texts that a bot says by itself, in several languages."""

from collections.abc import Mapping
from typing import NamedTuple


class Phrases(NamedTuple):  # no dataclass: with so many fields, to make one takes a millisecond
    """The texts in one language."""

    language: str
    """The language, such as `de`. What contacts say in it is in heard.py."""

    cancel: tuple[str, ...]
    """The words that end a talk."""

    cancelled: str
    """The reply to one of those words."""

    changed: str
    """The text when a talk begins again because its handler was changed."""

    given_up: str
    """The text when a question got no answer that fits."""

    dropped: str
    """The text when another handler interrupts a question."""

    sorry: str
    """The text when a handler failed for good."""

    choose: str
    """The label of the button that opens a list."""

    wants_other: str
    """The reply to an answer that does not fit, when no text below is for its kind."""

    wants_words: str
    """The reply to an answer without words."""

    wants_whole_number: str
    """The reply to an answer that is no whole number."""

    wants_number: str
    """The reply to an answer that is no number."""

    wants_date: str
    """The reply to an answer that is no date."""

    in_lines: str
    """How to answer the lines of a form, on a network without forms."""

    too_long: str
    """The reply to an answer that is too long."""

    stale: str
    """The reply to a tap on a button of an earlier message, which answers nothing."""

    stopped: str
    """The reply to STOP: what stops, and the word that brings it back."""

    resumed: str
    """The reply to START."""

    nameless: str
    """The name of a contact without a name. It stands after a greeting, and in templates."""


ENGLISH = Phrases(
    language="en",
    cancel=("cancel",),
    cancelled="Cancelled.",
    changed="Sorry, we have to begin again.",
    given_up="Let us leave it there. Write again whenever you like.",
    dropped="(Never mind my question.)",
    sorry="Sorry, something went wrong on our side. Please try again later.",
    choose="Choose",
    wants_other="Sorry, I did not get that. Please try again.",
    wants_words="Sorry, I need some words.",
    wants_whole_number="A whole number, please, such as 4.",
    wants_number="A number, please, such as 2.5.",
    wants_date="A date, please, such as 2030-12-24.",
    in_lines="Please answer in one message, with a line for each.",
    too_long="That was too long. Please say it in fewer words.",
    stale="That button belongs to an earlier message.",
    stopped=(
        "You will get no more offers from us. What you ask for still comes. Write START to get offers again."
    ),
    resumed="You will get offers from us again. Write STOP to end them.",
    nameless="there",
)

LANGUAGES: Mapping[str, Phrases] = {
    "en": ENGLISH,
    "de": Phrases(
        language="de",
        cancel=("abbrechen", "abbruch", "cancel"),
        cancelled="Abgebrochen.",
        changed="Entschuldigung, wir müssen von vorn beginnen.",
        given_up="Belassen wir es dabei. Schreiben Sie gern wieder.",
        dropped="(Meine Frage hat sich erledigt.)",
        sorry="Entschuldigung, bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.",
        choose="Auswählen",
        wants_other="Das habe ich leider nicht verstanden. Bitte noch einmal.",
        wants_words="Bitte antworten Sie mit Worten.",
        wants_whole_number="Bitte eine ganze Zahl, zum Beispiel 4.",
        wants_number="Bitte eine Zahl, zum Beispiel 2,5.",
        wants_date="Bitte ein Datum, zum Beispiel 24.12.2030.",
        in_lines="Bitte antworten Sie in einer Nachricht, mit einer Zeile für jede Angabe.",
        too_long="Das war zu lang. Bitte sagen Sie es kürzer.",
        stale="Dieser Knopf gehört zu einer früheren Nachricht.",
        stopped=(
            "Sie bekommen keine Angebote mehr von uns. Was Sie anfragen, kommt weiterhin. "
            "Schreiben Sie START, um wieder Angebote zu bekommen."
        ),
        resumed="Sie bekommen wieder Angebote von uns. Schreiben Sie STOP, um sie zu beenden.",
        nameless="👋",
    ),
    "es": Phrases(
        language="es",
        cancel=("cancelar", "cancel"),
        cancelled="Cancelado.",
        changed="Lo sentimos, tenemos que empezar de nuevo.",
        given_up="Dejémoslo aquí. Escríbanos de nuevo cuando quiera.",
        dropped="(Olvide mi pregunta.)",
        sorry="Lo sentimos, algo ha fallado por nuestra parte. Inténtelo de nuevo más tarde.",
        choose="Elegir",
        wants_other="Lo siento, no lo he entendido. Inténtelo de nuevo.",
        wants_words="Por favor, responda con palabras.",
        wants_whole_number="Un número entero, por favor, por ejemplo 4.",
        wants_number="Un número, por favor, por ejemplo 2,5.",
        wants_date="Una fecha, por favor, por ejemplo 24/12/2030.",
        in_lines="Por favor, responda en un solo mensaje, con una línea para cada dato.",
        too_long="Es demasiado largo. Dígalo con menos palabras, por favor.",
        stale="Ese botón es de un mensaje anterior.",
        stopped=(
            "Ya no recibirá ofertas nuestras. Lo que usted pida seguirá llegando. "
            "Escriba START para volver a recibir ofertas."
        ),
        resumed="Volverá a recibir nuestras ofertas. Escriba STOP para dejar de recibirlas.",
        nameless="👋",
    ),
    "fr": Phrases(
        language="fr",
        cancel=("annuler", "cancel"),
        cancelled="C'est annulé.",
        changed="Désolé, nous devons recommencer.",
        given_up="Restons-en là. Écrivez-nous à nouveau quand vous voulez.",
        dropped="(Oubliez ma question.)",
        sorry="Désolé, quelque chose n'a pas fonctionné de notre côté. Veuillez réessayer plus tard.",
        choose="Choisir",
        wants_other="Désolé, je n'ai pas compris. Veuillez réessayer.",
        wants_words="Répondez avec des mots, s'il vous plaît.",
        wants_whole_number="Un nombre entier, s'il vous plaît, par exemple 4.",
        wants_number="Un nombre, s'il vous plaît, par exemple 2,5.",
        wants_date="Une date, s'il vous plaît, par exemple 24/12/2030.",
        in_lines="Répondez en un seul message, avec une ligne par réponse, s'il vous plaît.",
        too_long="C'est trop long. Dites-le en moins de mots, s'il vous plaît.",
        stale="Ce bouton vient d'un message précédent.",
        stopped=(
            "Vous ne recevrez plus d'offres de notre part. Ce que vous demandez arrive toujours. "
            "Écrivez START pour recevoir à nouveau nos offres."
        ),
        resumed="Vous recevrez à nouveau nos offres. Écrivez STOP pour ne plus les recevoir.",
        nameless="👋",
    ),
    "it": Phrases(
        language="it",
        cancel=("annulla", "cancel"),
        cancelled="Annullato.",
        changed="Ci scusi, dobbiamo ricominciare.",
        given_up="Fermiamoci qui. Ci scriva di nuovo quando vuole.",
        dropped="(Lasci perdere la mia domanda.)",
        sorry="Ci scusi, qualcosa non ha funzionato da parte nostra. Riprovi più tardi.",
        choose="Scegli",
        wants_other="Mi scusi, non ho capito. Riprovi.",
        wants_words="Risponda con parole, per favore.",
        wants_whole_number="Un numero intero, per favore, per esempio 4.",
        wants_number="Un numero, per favore, per esempio 2,5.",
        wants_date="Una data, per favore, per esempio 24/12/2030.",
        in_lines="Risponda in un solo messaggio, con una riga per ogni voce, per favore.",
        too_long="È troppo lungo. Lo dica con meno parole, per favore.",
        stale="Quel pulsante è di un messaggio precedente.",
        stopped=(
            "Non riceverà più offerte da noi. Ciò che chiede continuerà ad arrivare. "
            "Scriva START per ricevere di nuovo le offerte."
        ),
        resumed="Riceverà di nuovo le nostre offerte. Scriva STOP per non riceverle più.",
        nameless="👋",
    ),
    "pt": Phrases(
        language="pt",
        cancel=("cancelar", "cancel"),
        cancelled="Cancelado.",
        changed="Desculpe, temos de começar de novo.",
        given_up="Vamos ficar por aqui. Escreva de novo quando quiser.",
        dropped="(Esqueça a minha pergunta.)",
        sorry="Desculpe, algo deu errado do nosso lado. Tente novamente mais tarde.",
        choose="Escolher",
        wants_other="Desculpe, não entendi. Tente novamente.",
        wants_words="Por favor, responda com palavras.",
        wants_whole_number="Um número inteiro, por favor, por exemplo 4.",
        wants_number="Um número, por favor, por exemplo 2,5.",
        wants_date="Uma data, por favor, por exemplo 24/12/2030.",
        in_lines="Por favor, responda em uma só mensagem, com uma linha para cada item.",
        too_long="Ficou muito longo. Diga em menos palavras, por favor.",
        stale="Esse botão é de uma mensagem anterior.",
        stopped=(
            "Você não receberá mais ofertas nossas. O que você pedir continuará chegando. "
            "Escreva START para voltar a receber ofertas."
        ),
        resumed="Você voltará a receber nossas ofertas. Escreva STOP para não recebê-las mais.",
        nameless="👋",
    ),
}


def phrases_of(language: str) -> Phrases:
    """Return the phrases of a language such as `de` or `pt_BR`; English when we do not know it."""
    return LANGUAGES.get(language.casefold().replace("-", "_").partition("_")[0], ENGLISH)
