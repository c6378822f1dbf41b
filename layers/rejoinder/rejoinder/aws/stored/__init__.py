"""Every shape that is stored or queued, and its format number.

What is stored outlives the code that wrote it. Each shape is written as the functions here say, whatever the
values are called in `model`, and carries the number of its format. This code reads that format and the one
before it. It ignores fields that it does not know: a newer version may add one under the same number if older
code may ignore it, and must raise the number if not. Everything else that it cannot read raises Unreadable; a
journal becomes an `UnreadableJournal` instead, and its talk begins again.

All of it is JSON as Python writes it. It is in ASCII, because SQS refuses some characters that WhatsApp
allows in a name, such as U+FFFE. It may hold halves of surrogate pairs, which other writers of JSON refuse:
networks send them where they cut a text. The golden files in tests/stored/ hold one of each shape for ever.
"""
