"""What nobody could send is not stored: each complaint is a sentence in the reader's language."""

import re
from collections.abc import Collection, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import placeholders
from core.texts.declaring import Text, Wording

SUBJECT_LENGTH = 200
BODY_LENGTH = 10_000
PART_LENGTH = 2_000

_TAG = re.compile(r"\{%.*?(?:%\}|$)", re.MULTILINE)


def problems(text: Text, wording: Wording) -> Mapping[str, str]:
    """What is wrong with a wording, by the name of its field; nothing if it can be sent."""
    found: dict[str, str] = {}
    for name, said in wording.fields.items():
        try:
            _check(text, name, said)
        except ValueError as error:
            found[name] = str(error)
    return found


def require(text: Text, wording: Wording) -> None:
    """ValueError with the first sentence about what is wrong."""
    for sentence in problems(text, wording).values():
        raise ValueError(sentence)


def _check(text: Text, name: str, said: str) -> None:
    if name == "subject":
        _check_subject(text, said)
    elif name == "body":
        _check_words(text, said, known=(*text.names, *text.part_names), most=BODY_LENGTH)
        _check_there(said)
        _check_required(text, said, text.required)
    elif name.removeprefix("part.") in text.part_names:
        _check_words(text, said, known=text.names, most=PART_LENGTH)
    else:
        raise ValueError(_("This text has no part “%s”.") % name.removeprefix("part."))


def _check_subject(text: Text, said: str) -> None:
    if not text.is_mail:
        if said:
            raise ValueError(_("This text has no subject."))
        return
    if "\n" in said or "\r" in said:
        raise ValueError(_("The subject is one line."))
    _check_words(text, said, known=(*text.names, *text.part_names), most=SUBJECT_LENGTH)
    _check_there(said)
    _check_required(text, said, text.in_subject)
    for secret in _secrets(text, said):
        raise ValueError(
            _("“%s” may not stand in the subject, which is seen and kept by many.")
            % placeholders.written(secret)
        )


def _secrets(text: Text, subject: str) -> Iterator[str]:
    there = placeholders.names_in(subject)
    yield from (value.name for value in text.values if value.is_secret and value.name in there)


def _check_there(said: str) -> None:
    if not said.strip():
        raise ValueError(_("Nothing is written here."))


def _check_words(text: Text, said: str, *, known: Collection[str], most: int) -> None:
    if len(said) > most:
        raise ValueError(
            _("This is too long: %(length)s of at most %(most)s characters.")
            % {"length": len(said), "most": most}
        )
    if "\0" in said:
        raise ValueError(_("There is a sign in it that no mail can carry."))
    if tag := _TAG.search(said):
        raise ValueError(
            _("“%s” means nothing here: a text has placeholders only. What comes only sometimes is a part.")
            % tag[0][:40]
        )
    placeholders.check(said, known, example=placeholders.written(next(iter(known), "name")))


def _check_required(text: Text, said: str, required: Collection[str]) -> None:
    missing = [name for name in required if name not in placeholders.names_in(said)]
    if missing:
        names = pgettext("list", ", ").join(
            f"{placeholders.written(name)} ({text.names[name].label})" for name in missing
        )
        raise ValueError(_("%s has to be in it.") % names)
