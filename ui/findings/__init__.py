"""What numbers show: facts as frozen data, and the sentences that tell them.

A file of this folder finds the facts of one subject in its tables, without a word of what is told. The file of the same
name in ``sentences/`` tells each kind of fact: one whole sentence of a catalogue for each thing that can be said, with
numbers, names and lists of these in named places. So tests ask facts for numbers and directions, the wording stands in
``tests/ui/golden/``, and another language is a catalogue (``ui/text/language.py``) in which a translator may order a
sentence as that language does. gettext rather than a module of code a language, since translators have tools for its
catalogues, plural forms come with them, and a sentence without a translation stays English.
"""
