"""What contacts say in English."""

from rejoinder.bot.languages.heard import Heard

ENGLISH = Heard(
    courtesy=(
        "hi, hello, hey, there, again, everyone, everybody, greetings, good morning, good afternoon, "
        "good evening, good day, how are you, how are you doing, how's it going, sir, madam, dear, please, "
        "pls, plz, team, folks, guys, friend, friends, ma'am, sir or madam"
    ),
    thanks=("thanks, thank you, thank you very much, thank you so much, thanks a lot, many thanks, thx, ty"),
    stop=(
        "stop, stop all, stopall, unsubscribe, unsubscribe me, opt out, opt me out, optout, "
        "stop promotions, stop offers, stop ads, stop advertising, stop marketing, no more offers, "
        "no more promotions, no more ads, no more advertising"
    ),
    start=(
        "start, unstop, subscribe, subscribe me, resubscribe, opt in, opt me in, resume promotions, "
        "resume offers"
    ),
    denies=(
        "not, no, never, nothing, none, nobody, without, cannot, don't, doesn't, didn't, isn't, aren't, "
        "wasn't, weren't, won't, can't, couldn't, wouldn't, shouldn't, mustn't, haven't, hasn't, hadn't, "
        "needn't, ain't, dont, doesnt, didnt, isnt, arent, wasnt, wont, cant, couldnt, wouldnt, shouldnt, "
        "havent, hasnt"
    ),
    turns=(
        "cancel, cancelled, canceled, cancelling, stop, change, move, postpone, reschedule, delay, delete, "
        "remove, undo, keep, repeat, pay, update, modify, edit, unsubscribe, decline, refuse, avoid, "
        "forget, forgot, lost, miss, missed, when, where, why, who"
    ),
    frames=(
        "can you tell me, could you tell me, can you please tell me, could you please tell me, "
        "please tell me, tell me, I want to know, I would like to know, I'd like to know, do you know, "
        "today, tomorrow, now, tonight"
    ),
    wishes=(
        "I want, I want to, I would like, I would like to, I'd like, I'd like to, we would like, "
        "we would like to, I need, I need to, we want, we want to, can I, could I, can we, could we, "
        "can you, could you, will you, until"
    ),
    yes=(
        "yup, yess, yea, sure thing, certainly, definitely, absolutely, right, correct, exactly, "
        "that's right, that's correct, fine, perfect, alright, all right, sounds good, please do, "
        "go ahead, yes I do, I do, yes it is, indeed, agreed, that works, works for me, sounds great, "
        "great, cool, sure why not, yes why not, no problem at all, yes it does"
    ),
    no=(
        "nah, never, no way, not really, of course not, certainly not, definitely not, absolutely not, "
        "not at all, I don't, no I don't, I do not, I don't think so, no sorry, sorry no, "
        "rather not, no it isn't, I won't"
    ),
    ordinals=(
        "first|1st, second|2nd, third|3rd, fourth|4th, fifth|5th, sixth|6th, seventh|7th, eighth|8th, "
        "ninth|9th, tenth|10th"
    ),
    last="last",
    around=(
        "a, an, the, one, option, I, I'm, I am, we, we're, we are, we will be, we'll be, there are, "
        "there will be, there'll be, there is, it's, it is, it will be, of us, us, just, only, about, "
        "around, approximately, roughly, exactly, for, a table for, table for, I'd like, I would like, "
        "I want, I'd prefer, I prefer, I'll take, I'll have, I will take, I choose, give me, can I have, "
        "could I have, we'd like, we would like, we want, let's say, let's do, let's go with, make it, "
        "is fine, is good, is ok, works, works for me, would be great, would be good, would be fine, "
        "sounds good, in total, altogether, old, I have, we have, then, well, ok, so, actually, we'd be, "
        "we will be a party of, party of, a party of, group of, a group of, choice, number"
    ),
    numbers=(
        "zero|none, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, "
        "fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty"
    ),
    tens="twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety",
    alters=(
        "and, or, to, till, until, not, no, don't, isn't, aren't, never, more, less, fewer, than, over, "
        "under, above, below, at least, at most, up to, between, maybe, perhaps, possibly, except, "
        "without, with, besides, next, last, each, per, half, third, quarter, thousand, hundred, million, "
        "billion, dozen, pair, pairs, couple, couples, o'clock, times, ago, later, second, seconds, sec, "
        "moments, either, others, other, extra, point, comma, nearly, almost, if, but, on, off"
    ),
    months=(
        "January|Jan, February|Feb, March|Mar, April|Apr, May, June|Jun, July|Jul, August|Aug, "
        "September|Sep|Sept, October|Oct, November|Nov, December|Dec"
    ),
    weekdays=(
        "Monday|Mon, Tuesday|Tue|Tues, Wednesday|Wed, Thursday|Thu|Thurs, Friday|Fri, Saturday|Sat, "
        "Sunday|Sun"
    ),
    days=(
        "yesterday, today|tonight|this morning|this afternoon|this evening, "
        "tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow|2moro|2morrow, "
        "day after tomorrow|the day after tomorrow|overmorrow"
    ),
    on="on, the, of, coming, in, in the, at",
    towards=(
        "for, it's, it is, I'd like, I would like, let's say, how about, is fine, is good, works, "
        "would be great"
    ),
    this="this",
    next="next",
    dayparts=(
        "morning, afternoon, evening, night, in the morning, in the afternoon, in the evening, at night, "
        "at noon"
    ),
    within="in",
    spans="day|days, week|weeks",
)
