from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_mail_that_comes_back")]

    operations = [
        migrations.CreateModel(
            name="TextVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changed", "Changed"),
                            ("reset", "Set back to the built-in wording"),
                            ("restored", "Restored"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "restored",
                    models.PositiveIntegerField(help_text="The version that was restored.", null=True),
                ),
                ("wording", models.JSONField(default=dict)),
                ("actor_kind", models.CharField(max_length=8)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("text", "number"), name="text_version_once")],
            },
        ),
    ]
