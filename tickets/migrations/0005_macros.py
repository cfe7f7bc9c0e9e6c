import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tickets", "0004_automation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Macro",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True, verbose_name="code")),
                ("name_en", models.CharField(max_length=100, verbose_name="name (English)")),
                ("name_zh", models.CharField(max_length=100, verbose_name="name (Chinese)")),
                ("body_en", models.TextField(blank=True, verbose_name="text (English)")),
                ("body_zh", models.TextField(blank=True, verbose_name="text (Chinese)")),
                ("steps", models.JSONField(blank=True, default=list, verbose_name="steps")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("uses", models.PositiveIntegerField(default=0)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="macros",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "macro",
                "verbose_name_plural": "macros",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body_en", ""), ("body_zh", ""), ("steps", []), _negated=True),
                        name="macro_says_or_does_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body_en", ""), ("body_zh", "")),
                            models.Q(
                                models.Q(("body_en", ""), _negated=True),
                                models.Q(("body_zh", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="macro_text_in_both_languages",
                    ),
                ],
            },
        ),
    ]
