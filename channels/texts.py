"""What we write to people who chat with us."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.texts.declaring import Both, Context, Part, Text, Value, Wording
from tickets.texts import LINK, TICKET_NUMBER


def _answers(given: Context) -> str:
    """Each message that has words, with the name of who wrote it."""
    written = [message for message in given["messages"] if message.body]
    return "\n\n".join(part for message in written for part in (message.body, message.actor_name) if part)


def _transcript(given: Context) -> str:
    return "\n\n".join(_lines(given))


def _lines(given: Context) -> Iterator[str]:
    for message in given["messages"]:
        who = message.actor_name or _("Automatic message")
        moment = date_format(localtime(message.created_at), "Y-m-d H:i")
        yield f"{who}, {moment}\n{message.body or _('(files)')}"


ANSWER = Text(
    key="channels.chat_answer",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("Answer after a chat"),
    when=gettext_lazy("When we have answered somebody who left the chat before they read it."),
    # It goes to an address that somebody typed: nothing that they typed goes with it.
    values=(
        TICKET_NUMBER,
        LINK,
        Value(
            "answers",
            gettext_lazy("what was written, and by whom"),
            _answers,
            Both("Your new shade leaves our warehouse today.\n\nAlice", "新灯罩今天从仓库发出。\n\n小艾"),
        ),
    ),
    parts=(
        Part(
            "files",
            gettext_lazy("When files were sent without words"),
            lambda given: any(not message.body for message in given["messages"]),
            shown=False,
        ),
    ),
    required=("answers", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Our answer to your chat",
        """\
Hello,

{{ answers }}

{{ files }}

Read and answer: {{ link }}""",
        {"files": "We have sent you files. You see them on the page of your request."},
    ),
    zh=Wording(
        "[{{ ticket.number }}] 对您咨询的答复",
        """\
您好：

{{ answers }}

{{ files }}

查看并回复: {{ link }}""",
        {"files": "我们给您发送了文件，请在申请页面查看。"},
    ),
)

TRANSCRIPT = Text(
    key="channels.chat_transcript",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("What was said in a chat"),
    when=gettext_lazy("When a chat is over or goes on by mail."),
    values=(
        TICKET_NUMBER,
        LINK,
        Value(
            "transcript",
            gettext_lazy("everything that was said"),
            _transcript,
            Both(
                "Carol, 2026-11-23 10:02\nThe lamp flickers.\n\nAlice, 2026-11-23 10:03\nLet me see what we can do.",
                "王芳, 2026-11-23 10:02\n台灯一直闪。\n\n小艾, 2026-11-23 10:03\n我来帮您看看。",
            ),
        ),
    ),
    parts=(
        Part(
            "said",
            gettext_lazy("When the address is known to be the customer’s"),
            lambda given: bool(given["messages"]),
        ),
        Part(
            "see_page",
            gettext_lazy("When the address was only typed into the chat: nothing of it is repeated"),
            lambda given: not given["messages"],
            shown=False,
        ),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Your chat with us",
        """\
Hello,

{{ said }}

{{ see_page }}

Read and answer: {{ link }}

If you did not chat with us, somebody mistyped an address. Nothing is to be done.""",
        {
            "said": """\
This is what was said:

{{ transcript }}""",
            "see_page": "You find your chat on its page.",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] 您与我们的聊天",
        """\
您好：

{{ said }}

{{ see_page }}

查看并回复: {{ link }}

如果您没有与我们聊天，可能是有人填错了邮箱，您无需处理。""",
        {
            "said": """\
聊天记录如下：

{{ transcript }}""",
            "see_page": "您可以在页面上查看聊天。",
        },
    ),
)

TEXTS = (ANSWER, TRANSCRIPT)
