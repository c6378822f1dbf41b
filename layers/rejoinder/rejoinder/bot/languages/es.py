"""What contacts say in Spanish."""

from rejoinder.bot.languages.heard import Heard

SPANISH = Heard(
    courtesy=(
        "hola, buenos días, buen día, buenas tardes, buenas noches, buenas, muy buenas, qué tal, "
        "cómo estás, cómo está, por favor, porfa, por favorcito, a todos, señor, señora, señorita, amigo, "
        "amigos"
    ),
    thanks="gracias, muchas gracias, mil gracias",
    stop=(
        "stop, baja, dar de baja, darme de baja, darse de baja, date de baja, dame de baja, "
        "cancelar suscripción, detener promociones, parar promociones, no más promociones, "
        "no más ofertas, no más publicidad, no quiero publicidad, no quiero promociones, sin publicidad"
    ),
    start="start, darme de alta, suscribirme, suscríbeme, reanudar promociones",
    denies="no, nunca, jamás, tampoco, ni, sin, ningún, ninguno, ninguna",
    turns=(
        "cancelar, cancele, cancela, cancelen, anular, anule, cambiar, cambie, modificar, aplazar, "
        "posponer, borrar, eliminar, pagar, repetir, mantener, retrasar, cuándo, dónde, por qué, quién, "
        "perdí, olvidé"
    ),
    frames=(
        "me puede decir, puede decirme, me puedes decir, puedes decirme, quiero saber, quisiera saber, "
        "hoy, mañana, ahora"
    ),
    wishes="puedo, podemos, pueden, puede, puedes, quiero, quisiera, queremos",
    yes=(
        "sí, s, sip, sep, claro, claro que sí, por supuesto, vale, de acuerdo, desde luego, cómo no, "
        "correcto, exacto, así es, eso es, bueno, está bien, perfecto, dale, sale, seguro, con gusto, "
        "afirmativo, obvio, venga, sí quiero, sisi, sí señor, claro claro, como no, creo que sí"
    ),
    no=(
        "no, n, nop, nope, nel, para nada, claro que no, por supuesto que no, de ninguna manera, "
        "en absoluto, nunca, jamás, mejor no, creo que no, no quiero, negativo, incorrecto, "
        "no es correcto, lo siento no, no lo siento, nono"
    ),
    ordinals=(
        "primero|primera|primer|1º|1ª|1ro|1ra|1o|1a, segundo|segunda|2º|2ª|2do|2da|2o|2a, "
        "tercero|tercera|tercer|3º|3ª|3ro|3ra, cuarto|cuarta|4º|4ª, quinto|quinta|5º|5ª, "
        "sexto|sexta|6º|6ª, séptimo|séptima|7º|7ª, octavo|octava|8º|8ª, noveno|novena|9º|9ª, "
        "décimo|décima|10º|10ª"
    ),
    last="último, última, ultimo, ultima",
    around=(
        "el, la, lo, los, las, un, una, somos, seríamos, seremos, son, soy, es, sería, vamos, estamos, "
        "para, solo, sólo, unos, unas, aproximadamente, más o menos, alrededor de, como, cerca de, "
        "en total, opción, una mesa para, mesa para, quiero, quisiera, querría, me gustaría, prefiero, "
        "deseo, elijo, escojo, dame, póngame, tomo, queremos, mejor, me va bien, está bien, tengo, "
        "tenemos, exactamente, entonces, pues, vamos a ser"
    ),
    numbers=(
        "cero, uno|una|un, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce, trece, "
        "catorce, quince, dieciséis, diecisiete, dieciocho, diecinueve, veinte"
    ),
    tens="veinte, treinta, cuarenta, cincuenta, sesenta, setenta, ochenta, noventa",
    alters=(
        "la, las, "
        "y, e, o, u, a, al, hasta, no, ni, nunca, más, menos, que, sobre, bajo, mínimo, máximo, al menos, "
        "por lo menos, entre, quizás, quizá, tal vez, excepto, sin, con, próximo, último, cada, por, "
        "por ciento, porciento, medio, media, mil, cien, ciento, cientos, millón, millones, docena, "
        "docenas, par, pares, pareja, parejas, veces, hace, después, segundo, segundos, momento, momentos, "
        "instante, céntimo, céntimos, centavo, centavos, coma, punto, casi, si, pero, otros, otras, horas, "
        "de la"
    ),
    months=(
        "enero|ene, febrero|feb, marzo|mar, abril|abr, mayo|may, junio|jun, julio|jul, agosto|ago, "
        "septiembre|setiembre|sep|sept, octubre|oct, noviembre|nov, diciembre|dic"
    ),
    weekdays="lunes, martes, miércoles, jueves, viernes, sábado, domingo",
    days="ayer, hoy|hoy mismo|esta tarde|esta noche|esta mañana, mañana, pasado mañana",
    on="el, de, del, día, por, por la, en, en la, al, a",
    towards="para, mejor, quiero, quisiera, prefiero, me gustaría, me va bien, está bien",
    this="este",
    next="próximo, que viene",
    dayparts=(
        "por la mañana, por la tarde, por la noche, en la mañana, en la tarde, en la noche, temprano, "
        "a mediodía, al mediodía"
    ),
    within="en, dentro de",
    spans="día|días, semana|semanas",
)
