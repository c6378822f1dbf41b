"""What contacts say in German."""

from rejoinder.bot.languages.heard import Heard

GERMAN = Heard(
    courtesy=(
        "hallo, guten Tag, guten Morgen, guten Abend, moin, servus, grüß Gott, grüezi, zusammen, "
        "wie geht's, wie geht es, bitte, bitte schön, bitte sehr, liebes Team, Team, liebe Leute"
    ),
    thanks="danke, danke schön, danke sehr, dankeschön, vielen Dank, besten Dank",
    stop=(
        "stop, stopp, abmelden, mich abmelden, abbestellen, austragen, Newsletter abbestellen, "
        "Werbung abbestellen, Werbung beenden, Werbung stoppen, Angebote stoppen, keine Werbung, "
        "keine Werbung mehr, keine Angebote mehr"
    ),
    start="start, wieder anmelden, wieder Angebote, Angebote fortsetzen, Angebote wieder",
    denies="nicht, nichts, nie, niemals, kein, keine, keinen, keinem, keiner, keines, ohne, weder",
    turns=(
        "stornieren, storniere, storniert, storno, absagen, abbestellen, kündigen, ändern, aendern, "
        "verschieben, löschen, loeschen, behalten, bezahlen, zahlen, umbuchen, wiederholen, aufhören, "
        "stoppen, verlegen, abbrechen, streichen, verpasst, vergessen, verloren, wann, wo, warum, wer"
    ),
    frames=(
        "können Sie mir sagen, können Sie mir bitte sagen, kannst du mir sagen, ich möchte wissen, heute, "
        "morgen, jetzt"
    ),
    wishes=(
        "kann ich, kann man, können wir, können Sie, kannst du, könnt ihr, ich möchte, wir möchten, "
        "ich will, ich hätte, ich würde, gern, gerne, bis"
    ),
    yes=(
        "ja, j, jo, jep, jepp, jup, jawohl, jaa, klar, na klar, klaro, gern, gerne, sehr gern, sehr gerne, "
        "sicher, natürlich, selbstverständlich, genau, stimmt, das stimmt, richtig, das ist richtig, "
        "korrekt, passt, das passt, passt so, einverstanden, in Ordnung, alles klar, auf jeden Fall, "
        "unbedingt, geht klar, perfekt, super, ist ok, ja gern, ja gerne, jawoll, jaja, jap, gut, ja gut, "
        "sehr gut, ja doch, aber ja, klar doch, gerne doch, das wäre super, ja super, ja natürlich"
    ),
    no=(
        "nein, n, nee, ne, nö, nein nein, auf keinen Fall, keinesfalls, natürlich nicht, sicher nicht, "
        "lieber nicht, eher nicht, niemals, stimmt nicht, das stimmt nicht, passt nicht, gar nicht, "
        "überhaupt nicht, nicht einverstanden, leider nein, leider nicht, "
        "doch nicht"
    ),
    ordinals=(
        "erste|ersten|erster|erstes|1te, zweite|zweiten|zweiter|zweites|2te, "
        "dritte|dritten|dritter|drittes, vierte|vierten|vierter|viertes, "
        "fünfte|fünften|fünfter|fünftes|fuenfte, sechste|sechsten|sechster|sechstes, "
        "siebte|siebten|siebter|siebtes, achte|achten|achter|achtes, neunte|neunten|neunter|neuntes, "
        "zehnte|zehnten|zehnter|zehntes"
    ),
    last="letzte, letzten, letzter, letztes",
    around=(
        "der, die, das, den, dem, ein, eine, einen, einer, eines, wir, wir sind, sind, ich, ich bin, "
        "es sind, es ist, es werden, wir werden, für, fuer, nur, genau, ungefähr, ungefaehr, etwa, circa, "
        "ca, rund, so, also, dann, insgesamt, einen Tisch für, ein Tisch für, Tisch für, ich möchte, "
        "ich moechte, ich hätte gern, ich hätte gerne, ich nehme, ich will, ich wähle, wir nehmen, "
        "wir möchten, wir hätten gern, gerne, gern, lieber, passt, passt mir, wäre gut, wäre super, "
        "ist gut, ist ok, geht, geht gut, nehme ich, alt, von uns, ok, zu, Option, Möglichkeit, wir wären, "
        "wäre, nehmen wir"
    ),
    numbers=(
        "null, eins|ein|eine|einen, zwei|zwo|zu zweit, drei|zu dritt, vier|zu viert, fünf|fuenf|zu fünft, "
        "sechs|zu sechst, sieben, acht, neun, zehn, elf, zwölf|zwoelf, dreizehn, vierzehn, "
        "fünfzehn|fuenfzehn, sechzehn, siebzehn, achtzehn, neunzehn, zwanzig"
    ),
    tens="zwanzig, dreißig|dreissig, vierzig, fünfzig|fuenfzig, sechzig, siebzig, achtzig, neunzig",
    alters=(
        "und, oder, bis, nicht, kein, keine, keinen, nie, mehr, weniger, als, über, unter, mindestens, "
        "höchstens, maximal, minimal, zwischen, vielleicht, eventuell, außer, ohne, mit, nächste, letzte, "
        "je, pro, jeweils, halb, halbe, halbes, einhalb, viertel, drittel, tausend, tsd, hundert, million, "
        "millionen, dutzend, paar, paare, uhr, mal, vor, später, sekunde, sekunden, sek, momente, "
        "augenblick, prozent, komma, punkt, fast, knapp, wenn, aber, weitere, andere, gut"
    ),
    months=(
        "Januar|Jan|Jänner, Februar|Feb|Feber, März|Mär|Mrz|Maerz, April|Apr, Mai, Juni|Jun|Juno, "
        "Juli|Jul, August|Aug, September|Sep|Sept, Oktober|Okt, November|Nov, Dezember|Dez"
    ),
    weekdays="Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag|Sonnabend, Sonntag",
    days="gestern, heute, morgen, übermorgen|uebermorgen",
    on="am, den, der, dem, kommenden, kommender, im, um, zum, vom",
    towards=("für, fuer, gerne, gern, lieber, dann, passt, passt mir, wäre gut, ich möchte, ich hätte gern"),
    this="diesen, dieser",
    next="nächsten, nächster, naechsten",
    dayparts=(
        "früh, morgens, Vormittag, vormittags, Mittag, mittags, Nachmittag, nachmittags, Abend, abends, Nacht"
    ),
    within="in",
    spans="Tag|Tage|Tagen, Woche|Wochen",
)
