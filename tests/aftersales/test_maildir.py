"""Mail becomes files."""

from email import message_from_bytes, policy
from pathlib import Path

from django.core.mail import EmailMessage, get_connection


def send(settings, *messages):
    return get_connection("aftersales.maildir.MaildirBackend").send_messages(list(messages))


def files(settings):
    return sorted(Path(settings.MAIL_DIR).iterdir())


def message(identity="<a1.7@shop.example>", body="你好"):
    return EmailMessage(
        "退款到账", body, "shop@example.com", ["carol@example.com"], headers={"Message-ID": identity}
    )


def test_a_mail_is_a_file_named_by_its_message_id(settings):
    assert send(settings, message()) == 1
    (file,) = files(settings)
    assert file.name == "a1.7@shop.example.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["Subject"], mail.get_content().strip()) == ("退款到账", "你好")


def test_the_same_mail_again_is_the_same_file(settings):
    send(settings, message())
    send(settings, message())
    assert len(files(settings)) == 1


def test_a_message_id_never_leaves_the_folder(settings):
    send(settings, message("<../../etc/passwd@x>"))
    (file,) = files(settings)
    assert file.parent == Path(settings.MAIL_DIR)
