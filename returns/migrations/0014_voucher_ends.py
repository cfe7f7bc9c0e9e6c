from datetime import timedelta

from django.db import migrations, models
from django.db.models import F


def watch_what_was_given(apps, schema_editor):
    """Vouchers given before get their reminder 30 days before their end, like those given from now on."""
    waiting = apps.get_model("returns", "CompensationVoucher").objects.filter(
        redeemed_at=None, valid_until__isnull=False
    )
    waiting.update(due_at=F("valid_until") - timedelta(days=30))


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0013_numbers_and_default_warranty_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="compensationvoucher",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="compensationvoucher",
            name="expired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="compensationvoucher",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="compensationvoucher",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="voucher_due"
            ),
        ),
        migrations.RunPython(watch_what_was_given, migrations.RunPython.noop),
    ]
