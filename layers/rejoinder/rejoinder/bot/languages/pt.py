"""What contacts say in Portuguese."""

from rejoinder.bot.languages.heard import Heard

PORTUGUESE = Heard(
    courtesy=(
        "oi, olá, bom dia, boa tarde, boa noite, pessoal, tudo bem, tudo bom, por favor, por gentileza, "
        "se faz favor, faz favor, td bem, gente, senhor, senhora, amigo, meu amigo"
    ),
    thanks="obrigado, obrigada, muito obrigado, muito obrigada, obg",
    stop=(
        "stop, sair, descadastrar, me descadastre, descadastro, cancelar inscrição, cancelar assinatura, "
        "remover inscrição, parar promoções, parar ofertas, sem promoções, chega de promoções, "
        "não quero promoções, não quero publicidade, não quero propaganda, sem propaganda"
    ),
    start="start, me inscreva, me cadastre, retomar promoções, quero promoções",
    denies="não, nunca, jamais, nem, sem, nenhum, nenhuma",
    turns=(
        "cancelar, cancela, cancele, desmarcar, alterar, mudar, trocar, adiar, remover, excluir, apagar, "
        "pagar, repetir, parar, manter, quando, onde, perdi, esqueci"
    ),
    frames="pode me dizer, pode dizer-me, gostaria de saber, quero saber, hoje, amanhã, agora",
    wishes="pode, podem, posso, quero, gostaria, gostaria de",
    yes=(
        "sim, s, ss, claro, claro que sim, com certeza, isso, isso mesmo, certo, exato, exatamente, "
        "correto, pode, pode sim, por favor sim, beleza, blz, combinado, está bem, tá bom, ta bem, "
        "tudo certo, perfeito, com prazer, quero, quero sim, sim quero, aceito, ótimo, tá, acho que sim, "
        "sim senhor, tudo bem, está ótimo, tá ótimo, pode ser sim"
    ),
    no=(
        "não, n, nao, nope, de jeito nenhum, claro que não, com certeza não, de modo nenhum, nunca, "
        "jamais, nem pensar, não quero, melhor não, acho que não, quero não, pode não, negativo, "
        "infelizmente não, desculpe não, não desculpe, não senhor"
    ),
    ordinals=(
        "primeiro|primeira|1º|1ª|1°|1o|1a, segundo|segunda|2º|2ª|2°|2o|2a, terceiro|terceira|3º|3ª|3°, "
        "quarto|quarta|4º|4ª|4°, quinto|quinta|5º|5ª|5°, sexto|sexta|6º|6ª|6°, sétimo|sétima|7º|7ª|7°, "
        "oitavo|oitava|8º|8ª|8°, nono|nona|9º|9ª|9°, décimo|décima|10º|10ª|10°"
    ),
    last="último, última",
    around=(
        "o, a, os, as, um, uma, somos, somos em, seremos, seremos em, são, sou, é, será, vamos ser, "
        "estamos, estamos em, para, pra, só, apenas, somente, uns, umas, cerca de, mais ou menos, "
        "aproximadamente, exatamente, no total, ao todo, opção, uma mesa para, mesa para, mesa pra, quero, "
        "queria, gostaria, gostaria de, prefiro, escolho, me dá, me vê, queremos, fico com, melhor, "
        "pode ser, está bem, tenho, temos, em, então, anos, vai ser, escolha, seríamos, a gente é"
    ),
    numbers=(
        "zero, um|uma, dois|duas, três, quatro, cinco, seis, sete, oito, nove, dez, onze, doze, treze, "
        "catorze|quatorze, quinze, dezesseis|dezasseis, dezessete|dezassete, dezoito, dezenove|dezanove, "
        "vinte"
    ),
    tens="vinte, trinta, quarenta, cinquenta, sessenta, setenta, oitenta, noventa",
    alters=(
        "as, e, ou, à, ao, até, não, nem, nunca, mais, menos, que, do, sobre, pelo menos, no mínimo, "
        "no máximo, mínimo, máximo, entre, talvez, exceto, sem, com, próximo, último, cada, por cento, "
        "porcento, meio, meia, mil, cem, cento, centenas, milhão, milhões, dúzia, dúzias, dezena, par, "
        "pares, casal, casais, horas, hora, h, vezes, atrás, depois, segundo, segundos, momento, momentos, "
        "instante, minutinho, centavo, centavos, cêntimos, vírgula, ponto, quase, se, mas, outros, outras, "
        "da"
    ),
    months=(
        "janeiro|jan, fevereiro|fev, março|mar, abril|abr, maio|mai, junho|jun, julho|jul, agosto|ago, "
        "setembro|set, outubro|out, novembro|nov, dezembro|dez"
    ),
    weekdays=(
        "segunda|segunda-feira, terça|terça-feira, quarta|quarta-feira, quinta|quinta-feira, "
        "sexta|sexta-feira, sábado, domingo"
    ),
    days="ontem, hoje|hoje mesmo|esta noite|esta tarde|hoje ainda, amanhã, depois de amanhã",
    on="o, de, do, dia, em, na, no, à, ao, pela, nos",
    towards="para, pra, prefiro, quero, queria, melhor, gostaria, pode ser",
    this="esta, este, nesta, neste, essa, nessa",
    next="próximo, próxima, que vem",
    dayparts="de manhã, à tarde, à noite, de tarde, de noite, cedo, ao meio-dia",
    within="em, daqui a, dentro de",
    spans="dia|dias, semana|semanas",
)
