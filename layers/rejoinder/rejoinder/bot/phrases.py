"""What a bot says by itself, in the languages it knows."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language. `cancel` are the words that end a talk; the wants answer what does not fit a question."""

    cancel: tuple[str, ...]
    cancelled: str
    changed: str
    given_up: str
    dropped: str
    sorry: str
    choose: str
    wants_other: str
    wants_words: str
    wants_whole_number: str
    wants_number: str
    wants_date: str


ENGLISH = Phrases(
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
)

LANGUAGES: Mapping[str, Phrases] = {
    "en": ENGLISH,
    "de": Phrases(
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
    ),
    "es": Phrases(
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
        wants_date="Una fecha, por favor, por ejemplo 24.12.2030.",
    ),
    "fr": Phrases(
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
        wants_date="Une date, s'il vous plaît, par exemple 24.12.2030.",
    ),
    "it": Phrases(
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
        wants_date="Una data, per favore, per esempio 24.12.2030.",
    ),
    "pt": Phrases(
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
        wants_date="Uma data, por favor, por exemplo 24.12.2030.",
    ),
}


def phrases_of(language: str) -> Phrases:
    """The phrases of `language`, such as `de` or `pt_BR`; English for one that we do not know."""
    return LANGUAGES.get(language.casefold().replace("-", "_").partition("_")[0], ENGLISH)
