"""What contacts say in Italian."""

from rejoinder.bot.languages.heard import Heard

ITALIAN = Heard(
    courtesy=(
        "ciao, salve, buongiorno, buon giorno, buonasera, buona sera, buon pomeriggio, a tutti, come va, "
        "come stai, per favore, per piacere, per cortesia, signora, signore, signori"
    ),
    thanks="grazie, grazie mille, mille grazie, tante grazie",
    stop=(
        "stop, disiscrivimi, disiscriviti, disiscrizione, cancellami, cancella iscrizione, "
        "annulla iscrizione, basta pubblicità, basta promozioni, basta offerte, niente pubblicità, "
        "interrompi promozioni, stop promozioni, stop pubblicità"
    ),
    start="start, iscrivimi, riscrivimi, riprendi promozioni, di nuovo offerte",
    denies="no, non, nessun, nessuno, nessuna, senza, né",
    turns=(
        "annullare, annulla, annulli, disdire, disdici, cambiare, modificare, spostare, rimandare, "
        "cancellare, eliminare, pagare, ripetere, smettere, quando, dove, perché, perso, dimenticato"
    ),
    frames="può dirmi, vorrei sapere, oggi, domani, adesso",
    wishes="posso, potete, vorrei, voglio",
    yes=(
        "sì, s, certo, certamente, va bene, va benissimo, vabbè, d'accordo, daccordo, perfetto, esatto, "
        "esattamente, giusto, corretto, volentieri, con piacere, sicuro, sicuramente, ovviamente, "
        "naturalmente, assolutamente sì, certo che sì, va bene così, benissimo, sisi, sì sì, penso di sì, "
        "credo di sì, direi di sì, ma certo"
    ),
    no=(
        "no, n, nope, assolutamente no, certo che no, per niente, per nulla, mai, niente affatto, "
        "direi di no, non voglio, non va bene, non è corretto, meglio di no, affatto, nono, "
        "purtroppo no, mi dispiace no, credo di no, penso di no"
    ),
    ordinals=(
        "primo|prima|1º|1°|1ª, secondo|seconda|2º|2°|2ª, terzo|terza|3º|3°|3ª, quarto|quarta|4º|4°|4ª, "
        "quinto|quinta|5º|5°|5ª, sesto|sesta|6º|6°|6ª, settimo|settima|7º|7°|7ª, ottavo|ottava|8º|8°|8ª, "
        "nono|nona|9º|9°|9ª, decimo|decima|10º|10°|10ª"
    ),
    last="ultimo, ultima, l'ultimo, l'ultima",
    around=(
        "il, lo, la, l, i, gli, le, un, uno, una, siamo, siamo in, saremo, saremo in, sono, è, sarà, in, "
        "per, solo, soltanto, circa, più o meno, esattamente, in tutto, in totale, opzione, un tavolo per, "
        "tavolo per, vorrei, voglio, preferisco, preferirei, prendo, scelgo, mi dia, dammi, vorremmo, "
        "va bene, mi va bene, ho, abbiamo, allora, anni, di noi, meglio, scelta, saremmo, saremmo in, noi"
    ),
    numbers=(
        "zero, uno|una|un, due, tre, quattro, cinque, sei, sette, otto, nove, dieci, undici, dodici, "
        "tredici, quattordici, quindici, sedici, diciassette, diciotto, diciannove, venti"
    ),
    tens="venti, trenta, quaranta, cinquanta, sessanta, settanta, ottanta, novanta",
    alters=(
        "e, ed, o, od, oppure, a, al, fino, no, non, né, mai, più, meno, di, che, almeno, massimo, minimo, "
        "al massimo, tra, fra, forse, magari, tranne, senza, con, prossimo, ultimo, ciascuno, ogni, "
        "per cento, percento, mezzo, mezza, mille, mila, cento, centinaia, milione, milioni, dozzina, "
        "decina, ventina, paio, coppia, coppie, ore, volte, fa, dopo, secondo, secondi, attimo, momento, "
        "momenti, istante, centesimi, virgola, punto, quasi, se, ma, altri, altre, tutti"
    ),
    months=(
        "gennaio|gen, febbraio|feb, marzo|mar, aprile|apr, maggio|mag, giugno|giu, luglio|lug, agosto|ago, "
        "settembre|set|sett, ottobre|ott, novembre|nov, dicembre|dic"
    ),
    weekdays="lunedì, martedì, mercoledì, giovedì, venerdì, sabato, domenica",
    days="ieri, oggi|stasera|questa sera|stamattina|questa mattina, domani, dopodomani|dopo domani",
    on="il, di, del, giorno, nel, nella, al, alla, in, a",
    towards="per, vorrei, preferisco, meglio, va bene, mi va bene",
    this="questo, questa",
    next="prossimo, prossima, che viene",
    dayparts=("mattina, mattino, pomeriggio, sera, di mattina, di pomeriggio, di sera, a mezzogiorno, notte"),
    within="tra, fra",
    spans="giorno|giorni, settimana|settimane",
)
