"""What contacts say, in several languages: yes and no, places in a list, numbers, days.

The tables are ours. Measured on one machine with Python 3.11: to import dateparser 1.5.0 and read one date takes
128 to 168 ms and 19 MB; babel 2.18.0 takes 30 ms, 8 MB, and 33 MB in the layer. Both also read what must be asked
again. dateparser reads "may" as a day in May and `am Morgen` as tomorrow; babel, and price-parser 0.5.1, read
`1,5` in English as 15 and "4 or 5" as 4.
"""

from dataclasses import dataclass
from functools import cache

from rejoinder.bot.words import fold, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The words of one language. Each field holds phrases, with a comma between two."""

    yes: str
    """What means yes where the choices are yes and no."""

    no: str
    """What means no there."""

    ordinals: str
    """The places in a list. Words for the same place are joined by a stroke."""

    last: str
    """The last place in a list."""

    around: str
    """Articles, wishes and other words around an answer that do not change it."""

    numbers: str
    """The numbers from 0 on, one after the other. Words for the same number are joined by a stroke."""

    tens: str
    """20, 30, … 90."""

    alters: str
    """Words that make another number of the one beside them, or leave it open."""

    months: str
    """The months from January on. Words for the same month are joined by a stroke."""

    weekdays: str
    """The days from Monday on. Words for the same day are joined by a stroke."""

    days: str
    """Yesterday, today, tomorrow and the day after it. Words for the same day are joined by a stroke."""

    on: str
    """Words before a date that has a number or is a weekday."""

    towards: str
    """Words before any day."""

    this: str
    """Words before a weekday that name the coming one."""

    dayparts: str
    """Words behind a day that name a part of it."""

    within: str
    """Words before a time from now on, such as `in` of `in 3 days`."""

    spans: str
    """Day and week, as they are counted. Words for the same span are joined by a stroke."""


_YES = "yes, y, yep, yeah, sure, of course, ok, okay, okey, k, 👍, 👌, ✅, ✔, 🆗"
_NO = "no, n, nope, 👎, ❌, 🚫, 🙅"
"""What means yes or no in every language."""

_ALTERING = "or, ±, min, max, minimum, maximum, plus, minus, am, pm, k, mio, mrd, percent, cent, cents, score, gross, moment"

HEARD = {
    "en": Heard(
        yes="yup, yess, yea, sure thing, certainly, definitely, absolutely, "
        "right, correct, exactly, that's right, that's correct, fine, perfect, alright, all right, sounds good, please do, "
        "go ahead, yes I do, I do, yes it is, indeed, agreed",
        no="nah, never, no way, not really, of course not, certainly not, definitely not, absolutely not, "
        "not at all, I don't, no I don't, I do not",
        ordinals="first|1st, second|2nd, third|3rd, fourth|4th, fifth|5th, sixth|6th, seventh|7th, eighth|8th, ninth|9th, tenth|10th",
        last="last",
        around="a, an, the, one, option, I, I'm, I am, we, we're, we are, we will be, we'll be, there are, there will be, there'll be, "
        "there is, it's, it is, it will be, of us, us, just, only, about, around, approximately, roughly, exactly, for, a table for, "
        "table for, I'd like, I would like, I want, I'd prefer, I prefer, I'll take, I'll have, I will take, I choose, give me, "
        "can I have, could I have, we'd like, we would like, we want, let's say, let's do, let's go with, make it, is fine, "
        "is good, is ok, works, works for me, would be great, would be good, would be fine, sounds good, in total, altogether, old, "
        "I have, we have, then, well, ok, so, actually",
        numbers="zero|none, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, "
        "sixteen, seventeen, eighteen, nineteen, twenty",
        tens="twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety",
        alters="and, or, to, till, until, not, no, don't, isn't, aren't, never, more, less, fewer, than, over, under, above, below, at least, "
        "at most, up to, between, maybe, perhaps, possibly, except, without, with, besides, next, last, each, per, half, third, quarter, thousand, "
        "hundred, million, billion, dozen, pair, pairs, couple, couples, o'clock, times, ago, later, second, seconds, sec, "
        "moments, either, others, other, extra, point, comma, nearly, almost, if, but, on, off",
        months="January|Jan, February|Feb, March|Mar, April|Apr, May, June|Jun, July|Jul, August|Aug, September|Sep|Sept, "
        "October|Oct, November|Nov, December|Dec",
        weekdays="Monday|Mon, Tuesday|Tue|Tues, Wednesday|Wed, Thursday|Thu|Thurs, Friday|Fri, Saturday|Sat, Sunday|Sun",
        days="yesterday, today|tonight, tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow|2moro, day after tomorrow|the day after tomorrow|overmorrow",
        on="on, the, of",
        towards="for, it's, it is, I'd like, I would like, let's say, how about, is fine, is good, works, would be great",
        this="this, coming, this coming",
        dayparts="morning, afternoon, evening, night, in the morning, in the afternoon, in the evening, at night, at noon",
        within="in",
        spans="day|days, week|weeks",
    ),
    "de": Heard(
        yes="ja, j, jo, jep, jepp, jup, jawohl, jaa, klar, na klar, klaro, gern, gerne, sehr gern, sehr gerne, sicher, natürlich, "
        "selbstverständlich, genau, stimmt, das stimmt, richtig, das ist richtig, korrekt, passt, das passt, passt so, einverstanden, in Ordnung, "
        "alles klar, auf jeden Fall, unbedingt, geht klar, perfekt, super, ist ok, ja gern, ja gerne, jawoll",
        no="nein, n, nee, ne, nö, nein nein, auf keinen Fall, keinesfalls, natürlich nicht, sicher nicht, lieber nicht, "
        "eher nicht, niemals, stimmt nicht, das stimmt nicht, passt nicht, gar nicht, überhaupt nicht, nicht einverstanden",
        ordinals="erste|ersten|erster|erstes|1te, zweite|zweiten|zweiter|zweites|2te, dritte|dritten|dritter|drittes, "
        "vierte|vierten|vierter|viertes, fünfte|fünften|fünfter|fünftes|fuenfte, sechste|sechsten|sechster|sechstes, "
        "siebte|siebten|siebter|siebtes, achte|achten|achter|achtes, neunte|neunten|neunter|neuntes, zehnte|zehnten|zehnter|zehntes",
        last="letzte, letzten, letzter, letztes",
        around="der, die, das, den, dem, ein, eine, einen, einer, eines, wir, wir sind, wir sind zu, sind, ich, ich bin, es sind, es ist, es werden, wir werden, "
        "für, fuer, nur, genau, ungefähr, ungefaehr, etwa, circa, ca, rund, so, also, dann, insgesamt, einen Tisch für, ein Tisch für, "
        "Tisch für, ich möchte, ich moechte, ich hätte gern, ich hätte gerne, ich nehme, ich will, ich wähle, wir nehmen, wir möchten, wir hätten gern, "
        "gerne, gern, lieber, passt, passt mir, wäre gut, wäre super, ist gut, ist ok, geht, geht gut, nehme ich, alt, von uns, ok",
        numbers="null, eins|ein|eine|einen, zwei|zwo, drei, vier, fünf|fuenf, sechs, sieben, acht, neun, zehn, elf, zwölf|zwoelf, dreizehn, "
        "vierzehn, fünfzehn|fuenfzehn, sechzehn, siebzehn, achtzehn, neunzehn, zwanzig",
        tens="zwanzig, dreißig|dreissig, vierzig, fünfzig|fuenfzig, sechzig, siebzig, achtzig, neunzig",
        alters="und, oder, bis, nicht, kein, keine, keinen, nie, mehr, weniger, als, über, unter, mindestens, höchstens, maximal, minimal, "
        "zwischen, vielleicht, eventuell, außer, ohne, mit, nächste, letzte, je, pro, jeweils, halb, halbe, halbes, einhalb, "
        "viertel, drittel, tausend, tsd, hundert, million, millionen, dutzend, paar, paare, uhr, mal, vor, später, sekunde, "
        "sekunden, sek, momente, augenblick, prozent, komma, punkt, fast, knapp, wenn, aber, weitere, andere, gut",
        months="Januar|Jan|Jänner, Februar|Feb|Feber, März|Mär|Mrz|Maerz, April|Apr, Mai, Juni|Jun|Juno, Juli|Jul, August|Aug, "
        "September|Sep|Sept, Oktober|Okt, November|Nov, Dezember|Dez",
        weekdays="Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag|Sonnabend, Sonntag",
        days="gestern, heute, morgen, übermorgen|uebermorgen",
        on="am, den, der, dem",
        towards="für, fuer, gerne, gern, lieber, dann, passt, passt mir, wäre gut, ich möchte, ich hätte gern",
        this="diesen, dieser, kommenden, kommender",
        dayparts="früh, morgens, Vormittag, vormittags, Mittag, mittags, Nachmittag, nachmittags, Abend, abends, Nacht",
        within="in",
        spans="Tag|Tage|Tagen, Woche|Wochen",
    ),
    "es": Heard(
        yes="sí, s, sip, sep, claro, claro que sí, por supuesto, vale, de acuerdo, desde luego, cómo no, correcto, exacto, así es, eso es, "
        "bueno, está bien, perfecto, dale, sale, seguro, con gusto, afirmativo, obvio, venga, sí quiero",
        no="no, n, nop, nope, nel, para nada, claro que no, por supuesto que no, de ninguna manera, en absoluto, nunca, jamás, "
        "mejor no, creo que no, no quiero, negativo, incorrecto, no es correcto",
        ordinals="primero|primera|primer|1º|1ª|1ro|1ra|1o|1a, segundo|segunda|2º|2ª|2do|2da|2o|2a, tercero|tercera|tercer|3º|3ª|3ro|3ra, "
        "cuarto|cuarta|4º|4ª, quinto|quinta|5º|5ª, sexto|sexta|6º|6ª, séptimo|séptima|7º|7ª, octavo|octava|8º|8ª, noveno|novena|9º|9ª, décimo|décima|10º|10ª",
        last="último, última, ultimo, ultima",
        around="el, la, lo, los, las, un, una, somos, seríamos, seremos, son, soy, es, sería, vamos, estamos, para, solo, sólo, unos, unas, aproximadamente, "
        "más o menos, alrededor de, como, cerca de, en total, opción, una mesa para, mesa para, quiero, quisiera, querría, me gustaría, prefiero, "
        "deseo, elijo, escojo, dame, póngame, tomo, queremos, mejor, me va bien, está bien, tengo, tenemos, exactamente, entonces, pues",
        numbers="cero, uno|una|un, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce, trece, catorce, quince, dieciséis, "
        "diecisiete, dieciocho, diecinueve, veinte",
        tens="veinte, treinta, cuarenta, cincuenta, sesenta, setenta, ochenta, noventa",
        alters="y, e, o, u, a, al, hasta, no, ni, nunca, más, menos, que, sobre, bajo, mínimo, máximo, al menos, por lo menos, entre, quizás, "
        "quizá, tal vez, excepto, sin, con, próximo, último, cada, por, por ciento, porciento, medio, media, mil, cien, ciento, cientos, "
        "millón, millones, docena, docenas, par, pares, pareja, parejas, veces, hace, después, segundo, segundos, momento, momentos, "
        "instante, céntimo, céntimos, centavo, centavos, coma, punto, casi, si, pero, otros, otras, horas, de la",
        months="enero|ene, febrero|feb, marzo|mar, abril|abr, mayo|may, junio|jun, julio|jul, agosto|ago, septiembre|setiembre|sep|sept, "
        "octubre|oct, noviembre|nov, diciembre|dic",
        weekdays="lunes, martes, miércoles, jueves, viernes, sábado, domingo",
        days="ayer, hoy, mañana, pasado mañana",
        on="el, de, del, día",
        towards="para, mejor, quiero, quisiera, prefiero, me gustaría, me va bien, está bien",
        this="este, próximo",
        dayparts="por la mañana, por la tarde, por la noche, en la mañana, en la tarde, en la noche, temprano, a mediodía, al mediodía",
        within="en, dentro de",
        spans="día|días, semana|semanas",
    ),
    "fr": Heard(
        yes="oui, o, ouais, ouep, oui oui, d'accord, daccord, dac, bien sûr, biensûr, bien entendu, évidemment, certainement, volontiers, avec plaisir, "
        "exact, exactement, c'est ça, c'est exact, correct, tout à fait, absolument, entendu, parfait, ça marche, ça me va, ça va, "
        "pas de problème, carrément, yes, très bien, je veux bien",
        no="non, n, nan, nop, pas du tout, bien sûr que non, absolument pas, certainement pas, surtout pas, non non, jamais, "
        "pas d'accord, je ne veux pas, non pas du tout, c'est faux, pas vraiment",
        ordinals="premier|première|1er|1ère|1re, deuxième|second|seconde|2e|2ème|2nd, troisième|3e|3ème, quatrième|4e|4ème, cinquième|5e|5ème, "
        "sixième|6e|6ème, septième|7e|7ème, huitième|8e|8ème, neuvième|9e|9ème, dixième|10e|10ème",
        last="dernier, dernière",
        around="le, la, l, les, un, une, nous, nous sommes, on est, on sera, nous serons, il y a, il y aura, ce sera, c'est, je suis, j'ai, nous avons, pour, à, "
        "seulement, juste, environ, à peu près, exactement, en tout, au total, option, une table pour, table pour, je voudrais, je veux, "
        "j'aimerais, je préfère, je prends, je choisis, donnez moi, donne moi, nous voudrions, on voudrait, me va, ça me va, plutôt, alors, ans, parfait",
        numbers="zéro, un|une, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze, treize, quatorze, quinze, seize, dix-sept, "
        "dix-huit, dix-neuf, vingt",
        tens="vingt, trente, quarante, cinquante, soixante, soixante-dix, quatre-vingts|quatre-vingt, quatre-vingt-dix",
        alters="et, ou, à, au, jusqu, pas, ne, ni, non, jamais, plus, moins, que, de, au moins, au plus, minimum, maximum, entre, peut-être, sauf, "
        "sans, avec, prochain, dernier, chacun, chaque, par, pour cent, pourcent, demi, demie, tiers, quart, mille, cent, cents, centaine, "
        "million, millions, milliers, douzaine, dizaine, vingtaine, paire, paires, couple, couples, heure, heures, h, fois, seconde, secondes, instant, "
        "moment, moments, centime, centimes, virgule, point, presque, si, mais, autres, autre",
        months="janvier|janv|jan, février|fév|févr|fevr, mars|mar, avril|avr, mai, juin, juillet|juil, août|aou, septembre|sept|sep, octobre|oct, "
        "novembre|nov, décembre|déc",
        weekdays="lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche",
        days="hier, aujourd'hui|aujourdhui|ce soir, demain, après-demain|aprèsdemain",
        on="le, du, de, ce",
        towards="pour, plutôt, je voudrais, je préfère, j'aimerais, ça me va",
        this="ce",
        dayparts="matin, après-midi, soir, midi, dans la matinée, au soir, le matin, le soir, l'après-midi",
        within="dans, d'ici",
        spans="jour|jours, semaine|semaines",
    ),
    "it": Heard(
        yes="sì, s, certo, certamente, va bene, va benissimo, vabbè, d'accordo, daccordo, perfetto, esatto, esattamente, giusto, corretto, volentieri, "
        "con piacere, sicuro, sicuramente, ovviamente, naturalmente, assolutamente sì, certo che sì, va bene così, benissimo",
        no="no, n, nope, assolutamente no, certo che no, per niente, per nulla, mai, niente affatto, direi di no, "
        "non voglio, non va bene, non è corretto, meglio di no, affatto",
        ordinals="primo|prima|1º|1°|1ª, secondo|seconda|2º|2°|2ª, terzo|terza|3º|3°|3ª, quarto|quarta|4º|4°|4ª, quinto|quinta|5º|5°|5ª, "
        "sesto|sesta|6º|6°|6ª, settimo|settima|7º|7°|7ª, ottavo|ottava|8º|8°|8ª, nono|nona|9º|9°|9ª, decimo|decima|10º|10°|10ª",
        last="ultimo, ultima, l'ultimo, l'ultima",
        around="il, lo, la, l, i, gli, le, un, uno, una, siamo, siamo in, saremo, saremo in, sono, è, sarà, in, per, solo, soltanto, circa, più o meno, "
        "esattamente, in tutto, in totale, opzione, un tavolo per, tavolo per, vorrei, voglio, preferisco, preferirei, prendo, scelgo, mi dia, dammi, "
        "vorremmo, va bene, mi va bene, ho, abbiamo, allora, anni, di noi, meglio",
        numbers="zero, uno|una|un, due, tre, quattro, cinque, sei, sette, otto, nove, dieci, undici, dodici, tredici, quattordici, quindici, sedici, "
        "diciassette, diciotto, diciannove, venti",
        tens="venti, trenta, quaranta, cinquanta, sessanta, settanta, ottanta, novanta",
        alters="e, ed, o, od, oppure, a, al, fino, no, non, né, mai, più, meno, di, che, almeno, massimo, minimo, al massimo, tra, fra, forse, "
        "magari, tranne, senza, con, prossimo, ultimo, ciascuno, ogni, per cento, percento, mezzo, mezza, mille, mila, cento, centinaia, milione, "
        "milioni, dozzina, decina, ventina, paio, coppia, coppie, ore, volte, fa, dopo, secondo, secondi, attimo, momento, momenti, istante, "
        "centesimi, virgola, punto, quasi, se, ma, altri, altre, tutti",
        months="gennaio|gen, febbraio|feb, marzo|mar, aprile|apr, maggio|mag, giugno|giu, luglio|lug, agosto|ago, settembre|set|sett, ottobre|ott, "
        "novembre|nov, dicembre|dic",
        weekdays="lunedì, martedì, mercoledì, giovedì, venerdì, sabato, domenica",
        days="ieri, oggi|stasera, domani, dopodomani|dopo domani",
        on="il, di, del, giorno",
        towards="per, vorrei, preferisco, meglio, va bene, mi va bene",
        this="questo, questa",
        dayparts="mattina, mattino, pomeriggio, sera, di mattina, di pomeriggio, di sera, a mezzogiorno, notte",
        within="tra, fra",
        spans="giorno|giorni, settimana|settimane",
    ),
    "pt": Heard(
        yes="sim, s, ss, claro, claro que sim, com certeza, isso, isso mesmo, certo, exato, exatamente, correto, pode, pode sim, por favor sim, "
        "beleza, blz, combinado, está bem, tá bom, ta bem, tudo certo, perfeito, com prazer, quero, quero sim, sim quero, aceito, ótimo",
        no="não, n, nao, nope, de jeito nenhum, claro que não, com certeza não, de modo nenhum, nunca, jamais, nem pensar, não quero, "
        "melhor não, acho que não, quero não, pode não, negativo",
        ordinals="primeiro|primeira|1º|1ª|1°|1o|1a, segundo|segunda|2º|2ª|2°|2o|2a, terceiro|terceira|3º|3ª|3°, quarto|quarta|4º|4ª|4°, quinto|quinta|5º|5ª|5°, "
        "sexto|sexta|6º|6ª|6°, sétimo|sétima|7º|7ª|7°, oitavo|oitava|8º|8ª|8°, nono|nona|9º|9ª|9°, décimo|décima|10º|10ª|10°",
        last="último, última",
        around="o, a, os, as, um, uma, somos, somos em, seremos, seremos em, são, sou, é, será, vamos ser, estamos, estamos em, para, pra, só, apenas, somente, uns, umas, "
        "cerca de, mais ou menos, aproximadamente, exatamente, no total, ao todo, opção, uma mesa para, mesa para, mesa pra, quero, queria, gostaria, gostaria de, "
        "prefiro, escolho, me dá, me vê, queremos, fico com, melhor, pode ser, está bem, tenho, temos, em, então, anos, vai ser",
        numbers="zero, um|uma, dois|duas, três, quatro, cinco, seis, sete, oito, nove, dez, onze, doze, treze, catorze|quatorze, quinze, "
        "dezesseis|dezasseis, dezessete|dezassete, dezoito, dezenove|dezanove, vinte",
        tens="vinte, trinta, quarenta, cinquenta, sessenta, setenta, oitenta, noventa",
        alters="e, ou, à, ao, até, não, nem, nunca, mais, menos, que, do, sobre, pelo menos, no mínimo, no máximo, mínimo, máximo, entre, talvez, "
        "exceto, sem, com, próximo, último, cada, por cento, porcento, meio, meia, mil, cem, cento, centenas, milhão, milhões, dúzia, dúzias, "
        "dezena, par, pares, casal, casais, horas, hora, h, vezes, atrás, depois, segundo, segundos, momento, momentos, instante, minutinho, "
        "centavo, centavos, cêntimos, vírgula, ponto, quase, se, mas, outros, outras, da",
        months="janeiro|jan, fevereiro|fev, março|mar, abril|abr, maio|mai, junho|jun, julho|jul, agosto|ago, setembro|set, outubro|out, "
        "novembro|nov, dezembro|dez",
        weekdays="segunda|segunda-feira, terça|terça-feira, quarta|quarta-feira, quinta|quinta-feira, sexta|sexta-feira, sábado, domingo",
        days="ontem, hoje, amanhã, depois de amanhã",
        on="o, de, do, dia, em, na, no",
        towards="para, pra, prefiro, quero, queria, melhor, gostaria, pode ser",
        this="esta, este, nesta, neste, essa, nessa, próxima, próximo",
        dayparts="de manhã, à tarde, à noite, de tarde, de noite, cedo, ao meio-dia",
        within="em, daqui a, dentro de",
        spans="dia|dias, semana|semanas",
    ),
}


def known(language: str) -> str:
    """Return the language of a table, such as `pt` for `pt-BR`; `en` when we do not know it."""
    name = language.casefold().replace("-", "_").partition("_")[0]
    return name if name in HEARD else "en"


@cache
def phrases(language: str, field: str) -> frozenset[str]:
    """Return the phrases of a field of Heard, as `parts` returns them."""
    return listed(getattr(HEARD[known(language)], field))


@cache
def places(language: str, field: str) -> dict[str, int]:
    """Return the phrases of a field whose order counts, each with its place from 0 on."""
    rows = [row.split("|") for row in getattr(HEARD[known(language)], field).split(",")]
    return {
        phrase: place for place, row in reversed([*enumerate(rows)]) for one in row for phrase in listed(one)
    }


@cache
def number_words(language: str) -> dict[str, int]:
    """Return the words of numbers: 0 to 20 and the tens, with their values."""
    tens = {word: 20 + 10 * place for word, place in places(language, "tens").items()}
    return tens | places(language, "numbers")


@cache
def yes_and_no(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what means yes, and what means no."""
    return phrases(language, "yes") | listed(_YES), phrases(language, "no") | listed(_NO)


@cache
def altering(language: str) -> frozenset[str]:
    """Return the words that make another number of the one beside them."""
    return phrases(language, "alters") | listed(_ALTERING) | yes_and_no(language)[1]
