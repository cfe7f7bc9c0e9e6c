"""A condition in a form: questions as rows of field, comparison and value, put together one by one.

A page shows a group of questions, and in it groups of questions. A tree that goes deeper, made by another
system, is shown as its sentence and kept as it is until somebody writes it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any as Anything

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tickets.conditions import FIELDS, All, Any, Condition, Field, Leaf, Not, Op, describe, parse, tree_of
from tickets.conditions.fields import Kind
from tickets.conditions.tree import (
    LISTS,
    LONGEST_LIST,
    LONGEST_TEXT,
    MOST_HOURS,
    MOST_LEAVES,
    MOST_NUMBER,
    OPS,
    WITHOUT_VALUE,
)

NAME = "conditions"
ADD, ADD_GROUP, DROP = f"{NAME}-add", f"{NAME}-add-group", f"{NAME}-drop"
REDRAW, ANEW, KEEP = f"{NAME}-redraw", f"{NAME}-anew", f"{NAME}-keep"
BUTTONS = frozenset({ADD, ADD_GROUP, DROP, REDRAW, ANEW})
"""What only draws the rows again. ADD says to which group, DROP which row or group."""

MODES = (
    ("all", gettext_lazy("All of these hold")),
    ("any", gettext_lazy("At least one of these holds")),
    ("none", gettext_lazy("None of these holds")),
)
MOST_AT_A_GLANCE = 12
"""In a longer list the ticked ones come first."""

REDRAWS = {"hx-post": "", "hx-vals": f'{{"{REDRAW}": "1"}}', "data-redraws": True}

# --- what was typed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A row as it was typed."""

    field: str = ""
    op: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows as they were typed, with how they go together: "all", "any" or "none" of them hold."""

    mode: str = "all"
    parts: "tuple[Question | Group, ...]" = ()


def group_of(condition: Condition) -> Group | None:
    """A condition as rows; None for one that goes deeper than rows can."""
    mode, parts = _grouped(condition) or ("all", (condition,))
    found = [_question(part) if isinstance(part, Leaf) else _inner(part) for part in parts]
    whole = tuple(part for part in found if part is not None)
    return Group(mode, whole) if len(whole) == len(found) else None


def _inner(condition: Condition) -> Group | None:
    mode, parts = _grouped(condition) or ("", ())
    found = [_question(part) for part in parts if isinstance(part, Leaf)]
    questions = tuple(question for question in found if question is not None)
    return Group(mode, questions) if questions and len(questions) == len(parts) else None


def _grouped(condition: Condition) -> tuple[str, tuple[Condition, ...]] | None:
    match condition:
        case All(parts):
            return "all", parts
        case Any(parts) if parts:
            return "any", parts
        case Not(Any(parts)):
            return "none", parts
        case Not(Leaf() as leaf):
            return "none", (leaf,)
    return None


def _question(leaf: Leaf) -> Question | None:
    """The row of a question; None for a text that would not come back as it was: with blanks around it."""
    values = leaf.value if leaf.op in LISTS else () if leaf.op in WITHOUT_VALUE else (leaf.value,)
    typed = tuple(_as_typed(value) for value in values)
    return Question(leaf.field.name, leaf.op, typed) if all(map(_is_a_line, typed)) else None


def _is_a_line(text: str) -> bool:
    return text.splitlines() == [text.strip()]


def _as_typed(value: Anything) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def group_typed(data: QueryDict, at: str = NAME) -> Group:
    """The rows as a form sends them."""
    parts: list[Question | Group] = []
    for place in range(MOST_LEAVES):
        here = f"{at}-{place}"
        if at == NAME and f"{here}-mode" in data:
            parts.append(group_typed(data, here))
        elif f"{here}-field" in data:
            parts.append(_question_typed(data, here))
        else:
            break
    return Group(data.get(f"{at}-mode", ""), tuple(parts))


def _question_typed(data: QueryDict, at: str) -> Question:
    """A value that was typed for another field is none for this one."""
    field, op = data.get(f"{at}-field", ""), data.get(f"{at}-op", "")
    if data.get(f"{at}-was", field) != field:
        return Question(field, op)
    return Question(field, op, tuple(data.getlist(f"{at}-value")))


def _with(group: Group, path: Sequence[int], part: Question | Group) -> Group:
    """With one more part at the end of the group, or of the one in it."""
    if not path:
        return replace(group, parts=(*group.parts, part))
    return _changed(group, path[0], lambda inner: _with(inner, (), part))


def _without(group: Group, path: Sequence[int]) -> Group:
    """Without the part at a path: its place, or the places of a group and of the part in it."""
    if len(path) == 1:
        return replace(group, parts=tuple(one for at, one in enumerate(group.parts) if at != path[0]))
    return _changed(group, path[0], lambda inner: _without(inner, path[1:])) if path else group


def _changed(group: Group, place: int, change: Anything) -> Group:
    return replace(
        group,
        parts=tuple(
            change(part) if at == place and isinstance(part, Group) else part
            for at, part in enumerate(group.parts)
        ),
    )


def _after_button(data: QueryDict, group: Group) -> Group:
    if DROP in data:
        return _without(group, _path(data.get(DROP, "")))
    if ADD_GROUP in data:
        return _with(group, (), Group("any", (Question(),)))
    return _with(group, _path(data.get(ADD, "")), Question()) if ADD in data else group


def _path(prefix: str) -> tuple[int, ...]:
    """The places in a name such as "conditions-2-0"."""
    return tuple(int(place) for place in prefix.removeprefix(NAME).split("-") if place.isdecimal())


# --- one row -----------------------------------------------------------------------------------------


class LinesField(forms.CharField):
    """Several values, one a line; whole numbers where a number is asked."""

    def __init__(self, *, numbers: bool, **kwargs: Anything) -> None:
        rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(widget=rows, help_text=gettext_lazy("One a line."), **kwargs)
        self.numbers = numbers

    def clean(self, value: Anything) -> Anything:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > LONGEST_LIST:
            raise forms.ValidationError(_("At most %s lines.") % LONGEST_LIST)
        if any(len(line) > LONGEST_TEXT for line in lines):
            raise forms.ValidationError(_("At most %s letters in each line.") % LONGEST_TEXT)
        if self.numbers and not all(line.isdecimal() for line in lines):
            raise forms.ValidationError(gettext_lazy("Write whole numbers, one a line."))
        return lines


class QuestionForm(forms.Form):
    """A field, how it is compared, and with what: the input that fits the field."""

    field = forms.ChoiceField(
        label=gettext_lazy("Field"),
        choices=lambda: [
            ("", gettext_lazy("Please choose")),
            *((one.name, one.label) for one in FIELDS.values()),
        ],
        widget=forms.Select(attrs=REDRAWS),
        error_messages={"required": gettext_lazy("Choose what is asked.")},
    )

    is_group = False

    def __init__(self, question: Question, *, prefix: str, checked: bool) -> None:
        asked = FIELDS.get(question.field)
        op = _op(asked, question.op) if asked else None
        told = {"field": [question.field], "op": [str(op or "")], "value": list(question.values)}
        data = MultiValueDict({f"{prefix}-{name}": typed for name, typed in told.items()})
        super().__init__(
            data if checked else None, prefix=prefix, initial={"field": question.field, "op": op}
        )
        self.question, self.asked, self.comparison = question, asked, op
        if asked and op:
            self._ask(asked, op)

    def _ask(self, asked: Field, op: Op) -> None:
        self.fields["op"] = forms.ChoiceField(
            label=gettext_lazy("Comparison"),
            choices=[(one.value, one.label) for one in OPS[asked.kind]],
            widget=forms.Select(attrs=REDRAWS),
        )
        value = _value_field(asked, op, self.question.values)
        if value is not None:
            value.error_messages["required"] = _("Say what it is compared with.")
            self.fields["value"] = value
            self.initial["value"] = _initial(value, self.question.values)

    def clean(self) -> dict[str, Anything]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                parse(self.stored)
            except ValueError as error:
                self.add_error("value", str(error))
        return cleaned

    @property
    def stored(self) -> dict[str, Anything]:
        """The question as JSON, once it is valid."""
        assert self.asked
        assert self.comparison
        leaf: dict[str, Anything] = {"field": self.asked.name, "op": str(self.comparison)}
        if "value" in self.fields:
            given = self.cleaned_data["value"]
            leaf["value"] = (
                [self._stored(one) for one in given] if self.comparison in LISTS else self._stored(given)
            )
        return leaf

    def _stored(self, value: Anything) -> Anything:
        assert self.asked
        if self.asked.kind == Kind.FACT:
            return value == "true"
        return int(value) if self.asked.kind in (Kind.NUMBER, Kind.HOURS) else value


def _op(asked: Field, typed: str) -> Op:
    """The comparison that was chosen; the first that fits, when the field was changed to another kind."""
    known = OPS[asked.kind]
    return Op(typed) if typed in known else known[0]


def _value_field(asked: Field, op: Op, typed: Sequence[str]) -> forms.Field | None:
    if op in WITHOUT_VALUE:
        return None
    label, options = _("Value"), _options(asked, op, typed)
    if options is not None and op in LISTS:
        ticks = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(label=label, choices=options, widget=ticks)
    if options is not None:
        return forms.ChoiceField(label=label, choices=[("", _("Please choose")), *options])
    if op in LISTS:
        return LinesField(label=label, numbers=asked.kind == Kind.NUMBER, max_length=20_000)
    if asked.kind in (Kind.NUMBER, Kind.HOURS):
        most = MOST_HOURS if asked.kind == Kind.HOURS else MOST_NUMBER
        return forms.IntegerField(label=label, min_value=0, max_value=most)
    return forms.CharField(label=label, max_length=LONGEST_TEXT)


def _options(asked: Field, op: Op, typed: Sequence[str]) -> list[tuple[str, str]] | None:
    """What can be chosen; a value whose row is gone since stays, so that it is not lost unseen."""
    if asked.kind == Kind.FACT:
        return [("true", _("yes")), ("false", _("no"))]
    values = asked.choices or (None if op == Op.CONTAINS else asked.known)
    if values is None:
        return None
    options = list(values())
    known = {value for value, _label in options}
    fits = str.isdecimal if asked.kind == Kind.NUMBER else bool
    options += [(one, one) for one in dict.fromkeys(typed) if one not in known and fits(one)]
    if op in LISTS and len(options) > MOST_AT_A_GLANCE:
        options.sort(key=lambda option: option[0] not in typed)
    return options


def _initial(field: forms.Field, typed: Sequence[str]) -> Anything:
    if isinstance(field, forms.MultipleChoiceField):
        return list(typed)
    if isinstance(field, LinesField):
        return "\n".join(typed)
    return typed[0] if typed else None


# --- all rows ----------------------------------------------------------------------------------------


class GroupForm(forms.Form):
    """Questions, and how they go together."""

    mode = forms.ChoiceField(label=pgettext_lazy("conditions", "Holds when"), choices=MODES)

    is_group = True

    def __init__(self, group: Group, *, prefix: str, checked: bool) -> None:
        told = {"mode": group.mode}
        super().__init__({f"{prefix}-mode": group.mode} if checked else None, prefix=prefix, initial=told)
        self.parts: list[QuestionForm | GroupForm] = [
            (GroupForm(part, prefix=f"{prefix}-{at}", checked=checked))
            if isinstance(part, Group)
            else QuestionForm(part, prefix=f"{prefix}-{at}", checked=checked)
            for at, part in enumerate(group.parts)
        ]

    @property
    def is_inner(self) -> bool:
        return self.prefix != NAME

    def clean(self) -> dict[str, Anything]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_inner and not self.parts:
            self.add_error("mode", _("Ask something in this group, or take it away."))
        return cleaned

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(part.is_valid() for part in self.parts)])

    @property
    def stored(self) -> dict[str, Anything]:
        """The group as JSON, once it is valid; without a question it holds for every ticket."""
        parts, mode = [part.stored for part in self.parts], self.cleaned_data["mode"]
        if not parts:
            return {"all": []}
        return {"not": {"any": parts}} if mode == "none" else {mode: parts}


class ConditionRows:
    """The editor of a condition. Rows come and go by buttons, each of which draws the page again.

    `kept` is a tree that goes too deep for rows; `wrong` says why a stored one cannot be read or the rows
    are too many. `goes_on_at` is the group whose button gets the focus once a row is gone.
    """

    def __init__(self, group: Group | None, *, checked: bool = False, kept: Anything = None) -> None:
        self.group = None if group is None else GroupForm(group, prefix=NAME, checked=checked)
        self.kept = kept
        self.wrong = ""
        self.goes_on_at = ""

    @classmethod
    def of(cls, tree: Anything) -> "ConditionRows":
        """The rows of a stored tree; one that cannot be read is written anew."""
        try:
            condition = parse(tree)
        except ValueError as error:
            rows = cls(Group(parts=(Question(),)))
            rows.wrong = str(error)
            return rows
        group = group_of(condition)
        return cls(group) if group is not None else cls(None, kept=tree_of(condition))

    @classmethod
    def typed(cls, data: QueryDict, *, stored: Anything, checked: bool) -> "ConditionRows":
        """The rows as they were sent; not `checked`, as a button leaves them, complaining about nothing.

        `stored` is the tree that stands there, which counts where it was only shown.
        """
        if ANEW in data:
            return cls(Group(parts=(Question(),)))
        if KEEP in data:
            return cls._as_it_stands(stored)
        group = group_typed(data)
        return cls(group, checked=True) if checked else cls._redrawn(data, group)

    @classmethod
    def _as_it_stands(cls, stored: Anything) -> "ConditionRows":
        try:
            return cls(None, kept=tree_of(parse(stored)))
        except ValueError:
            return cls.of(stored)

    @classmethod
    def _redrawn(cls, data: QueryDict, group: Group) -> "ConditionRows":
        rows = cls(_after_button(data, group))
        if DROP in data:
            path = _path(data.get(DROP, ""))[:-1]
            rows.goes_on_at = "-".join([NAME, *map(str, path)])
        elif ADD in data or ADD_GROUP in data:
            rows._go_on_at_the_newest(_path(data.get(ADD, NAME)))
        return rows

    def _go_on_at_the_newest(self, path: Sequence[int]) -> None:
        """The focus goes to the last row of the group at a path, which was just added."""
        form: GroupForm | QuestionForm | None = self.group
        for place in (*path, -1, -1):
            if isinstance(form, GroupForm) and -1 <= place < len(form.parts):
                form = form.parts[place] if form.parts else None
        if isinstance(form, QuestionForm):
            form.fields["field"].widget.attrs["autofocus"] = True

    def is_valid(self) -> bool:
        """Whether `stored` can be had; sentences stand on the rows or in `wrong`."""
        if self.group is None:
            return True
        if not self.group.is_valid():
            return False
        try:
            parse(self.group.stored)
        except ValueError as error:
            self.wrong = str(error)
        return not self.wrong

    @property
    def stored(self) -> Anything:
        """The tree, once it is valid."""
        return self.kept if self.group is None else tree_of(parse(self.group.stored))

    @property
    def sentence(self) -> str:
        """A kept tree in words."""
        return describe(parse(self.kept))


class FormWithConditions(forms.Form):
    """A form with the rows of a condition beside its own fields."""

    def __init__(self, *args: Anything, conditions: ConditionRows, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.conditions = conditions

    def clean(self) -> dict[str, Anything]:
        cleaned = super().clean() or self.cleaned_data
        if not self.conditions.is_valid():
            self.add_error(None, _("Look at the conditions again."))
        return cleaned
