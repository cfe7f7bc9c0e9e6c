"""What we write to people who chat with us."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates
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

OPEN = Text(
    key="channels.chat_open",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("Before a chat, somebody is free"),
    when=gettext_lazy("Above the first message, while somebody can take the chat."),
    values=(),
    is_mail=False,
    en=Wording("", "Write to us. A person answers, usually within five minutes."),
    zh=Wording("", "请留言，客服通常会在五分钟内答复。"),
)

BUSY = Text(
    key="channels.chat_busy",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("Before a chat, everybody is busy"),
    when=gettext_lazy("Above the first message, while everybody is in conversation."),
    values=(),
    is_mail=False,
    en=Wording("", "All of us are in conversation. Write to us: whoever is free first answers you here."),
    zh=Wording("", "客服都在接待中。请先留言，有空的客服会第一时间在这里答复您。"),
)

CLOSED = Text(
    key="channels.chat_closed",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("Before a chat, nobody is here"),
    when=gettext_lazy("Above the first message, outside the hours of the chat."),
    values=(),
    is_mail=False,
    en=Wording(
        "",
        "Nobody is here to chat now. Leave your message: it becomes a request, and you see at once by when we answer.",
    ),
    zh=Wording("", "现在没有客服在线。请留言，我们会为您建立服务请求，并立即告诉您答复时间。"),
)

AWAY = Text(
    key="channels.chat_away",
    about=gettext_lazy("Chat"),
    name=gettext_lazy("In a chat, nobody is here"),
    when=gettext_lazy("In the window of a chat that goes on by mail."),
    values=(
        Value(
            "address",
            gettext_lazy("the address that the customer left"),
            lambda given: given["chat"].email,
            Both("carol@example.com", "wangfang@example.com"),
        ),
        Value(
            "moment",
            gettext_lazy("by when somebody answers"),
            lambda given: dates.exact(given["answer_by"]) if given["answer_by"] else "",
            Both(
                "Monday, 23 November 2026, 15:00 (Europe/Berlin)",
                "2026年11月23日星期一 15:00 (Asia/Shanghai)",
            ),
        ),
    ),
    parts=(
        Part(
            "left", gettext_lazy("When the customer left an address"), lambda given: bool(given["chat"].email)
        ),
        Part(
            "known",
            gettext_lazy("When we know an address of the customer"),
            lambda given: bool(given["chat"].address) and not given["chat"].email,
            shown=False,
        ),
        Part(
            "unknown",
            gettext_lazy("When we know no address"),
            lambda given: not given["chat"].address,
            shown=False,
        ),
        Part(
            "promise",
            gettext_lazy("When an answer is promised by a certain time"),
            lambda given: bool(given["answer_by"]),
        ),
    ),
    is_mail=False,
    en=Wording(
        "",
        "Nobody is in the chat now. {{ left }} {{ known }} {{ unknown }} {{ promise }}",
        {
            "left": "We answer by mail to {{ address }}, and here.",
            "known": "We answer by mail, and here.",
            "unknown": "We answer here; leave an address, and we write to you.",
            "promise": "We answer by {{ moment }}.",
        },
    ),
    zh=Wording(
        "",
        "现在没有客服在线。{{ left }}{{ known }}{{ unknown }}{{ promise }}",
        {
            "left": "我们会通过邮件（{{ address }}）并在这里答复您。",
            "known": "我们会通过邮件并在这里答复您。",
            "unknown": "我们会在这里答复；留下邮箱，我们也会写信给您。",
            "promise": "我们将在 {{ moment }} 前答复。",
        },
    ),
)

TEXTS = (OPEN, BUSY, CLOSED, AWAY, ANSWER, TRANSCRIPT)
