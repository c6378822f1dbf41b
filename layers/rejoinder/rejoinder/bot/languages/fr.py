"""What contacts say in French."""

from rejoinder.bot.languages.heard import Heard

FRENCH = Heard(
    courtesy=(
        "bonjour, bonsoir, salut, coucou, à tous, ça va, comment ça va, s'il vous plaît, s'il te plaît, "
        "svp, stp, madame, monsieur, mesdames, messieurs, tout le monde"
    ),
    thanks="merci, merci beaucoup, merci bien, merci d'avance",
    stop=(
        "stop, stop pub, stop pubs, arrêt, désabonner, me désabonner, se désabonner, désabonnement, "
        "désinscrire, me désinscrire, désinscription, désabonnez-moi, désinscrivez-moi, plus de pub, "
        "plus de publicité, plus d'offres, arrêter les promotions, pas de publicité"
    ),
    start="start, m'abonner, me réabonner, réabonner, abonnez-moi, reprendre les promotions",
    denies="ne, n, non, pas, jamais, aucun, aucune, sans",
    turns=(
        "annuler, annulez, annule, changer, modifier, déplacer, reporter, supprimer, payer, répéter, "
        "arrêter, arrêtez, garder, décommander, quand, pourquoi, raté, oublié, perdu"
    ),
    frames="pouvez-vous me dire, je voudrais savoir, aujourd'hui, demain, maintenant",
    wishes="je peux, puis-je, je voudrais, je veux",
    yes=(
        "oui, o, ouais, ouep, oui oui, d'accord, daccord, dac, bien sûr, biensûr, bien entendu, "
        "évidemment, certainement, volontiers, avec plaisir, exact, exactement, c'est ça, c'est exact, "
        "correct, tout à fait, absolument, entendu, parfait, ça marche, ça me va, ça va, pas de problème, "
        "carrément, yes, très bien, je veux bien, c'est bon, c'est parfait, je pense que oui, mais oui, "
        "ok d'accord, oui c'est bon, oui ça va"
    ),
    no=(
        "non, n, nan, nop, pas du tout, bien sûr que non, absolument pas, certainement pas, surtout pas, "
        "non non, jamais, pas d'accord, je ne veux pas, non pas du tout, c'est faux, pas vraiment, "
        "désolé non, non désolé, non désolée, je ne pense pas, mais non, "
        "pas encore"
    ),
    ordinals=(
        "premier|première|1er|1ère|1re, deuxième|second|seconde|2e|2ème|2nd, troisième|3e|3ème, "
        "quatrième|4e|4ème, cinquième|5e|5ème, sixième|6e|6ème, septième|7e|7ème, huitième|8e|8ème, "
        "neuvième|9e|9ème, dixième|10e|10ème"
    ),
    last="dernier, dernière",
    around=(
        "le, la, l, les, un, une, nous, nous sommes, on est, on sera, nous serons, il y a, il y aura, "
        "ce sera, c'est, je suis, j'ai, nous avons, pour, à, seulement, juste, environ, à peu près, "
        "exactement, en tout, au total, option, une table pour, table pour, je voudrais, je veux, "
        "j'aimerais, je préfère, je prends, je choisis, donnez moi, donne moi, nous voudrions, "
        "on voudrait, me va, ça me va, plutôt, alors, ans, parfait, choix, ce serait, nous serions, "
        "on serait, on va être"
    ),
    numbers=(
        "zéro, un|une, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze, treize, "
        "quatorze, quinze, seize, dix-sept, dix-huit, dix-neuf, vingt"
    ),
    tens=(
        "vingt, trente, quarante, cinquante, soixante, soixante-dix, quatre-vingts|quatre-vingt, "
        "quatre-vingt-dix"
    ),
    alters=(
        "et, ou, à, au, jusqu, pas, ne, ni, non, jamais, plus, moins, que, de, au moins, au plus, minimum, "
        "maximum, entre, peut-être, sauf, sans, avec, prochain, dernier, chacun, chaque, par, pour cent, "
        "pourcent, demi, demie, tiers, quart, mille, cent, cents, centaine, million, millions, milliers, "
        "douzaine, dizaine, vingtaine, paire, paires, couple, couples, heure, heures, h, fois, seconde, "
        "secondes, instant, moment, moments, centime, centimes, virgule, point, presque, si, mais, autres, "
        "autre"
    ),
    months=(
        "janvier|janv|jan, février|fév|févr|fevr, mars|mar, avril|avr, mai, juin, juillet|juil, août|aou, "
        "septembre|sept|sep, octobre|oct, novembre|nov, décembre|déc"
    ),
    weekdays="lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche",
    days=("hier, aujourd'hui|aujourdhui|ce soir|cet après-midi|ce matin, demain, après-demain|aprèsdemain"),
    on="le, du, de, ce, dans, en, à, au, l, la",
    towards="pour, plutôt, je voudrais, je préfère, j'aimerais, ça me va",
    this="ce",
    next="prochain",
    dayparts="matin, après-midi, soir, midi, dans la matinée, au soir, le matin, le soir, l'après-midi",
    within="dans, d'ici",
    spans="jour|jours, semaine|semaines",
)
