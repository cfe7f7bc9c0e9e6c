from django.db import migrations

from returns.defaults import REASONS, ensure_reasons

ONLY_RETURNS = ["return_refund"]


def widen(apps, _schema_editor):
    """Default reasons nobody has changed serve the other kinds of case, too; new ones are added."""
    reasons = apps.get_model("returns", "Reason").objects
    ensure_reasons(reasons)
    for reason in REASONS:
        unchanged = reasons.filter(code=reason["code"], kinds=ONLY_RETURNS)
        unchanged.update(kinds=list(reason["kinds"]), shows_on_goods=reason.get("shows_on_goods", True))


class Migration(migrations.Migration):
    dependencies = [("returns", "0004_kinds")]

    operations = [migrations.RunPython(widen, migrations.RunPython.noop, elidable=False)]
