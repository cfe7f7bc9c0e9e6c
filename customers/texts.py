"""What we write to people who sign in."""

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Both, Text, Value, Wording

SIGN_IN_CODE = Text(
    key="customers.sign_in_code",
    about=_("Signing in"),
    name=_("Sign-in code"),
    when=_("As soon as somebody asks for a code to sign in to the portal."),
    values=(
        Value(
            "code",
            _("the sign-in code"),
            lambda given: str(given["code"]),
            Both("408117", "408117"),
            is_secret=True,
        ),
        Value(
            "minutes",
            _("for how many minutes it is good"),
            lambda given: str(given["minutes"]),
            Both("10", "10"),
        ),
    ),
    required=("code",),
    en=Wording(
        "Your sign-in code",
        """\
Hello,

your code to sign in is {{ code }}

It is good for {{ minutes }} minutes and for one sign-in only.
If you did not ask for it, ignore this mail: without the code nobody can sign in. Never pass it on; we will never ask you for it.""",
    ),
    zh=Wording(
        "您的登录验证码",
        """\
您好：

您的登录验证码是 {{ code }}

验证码 {{ minutes }} 分钟内有效，仅可使用一次。
如果这不是您本人的操作，请忽略此邮件：没有验证码，任何人都无法登录。请勿将验证码告诉他人，我们绝不会向您索要。""",
    ),
)

TEXTS = (SIGN_IN_CODE,)
