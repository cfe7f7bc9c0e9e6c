import django.db.models.deletion
from django.db import migrations, models


def keep_uses(apps, schema_editor):
    """What each template stood for is the first of its uses."""
    use = apps.get_model("channels", "TemplateUse")
    for row in apps.get_model("channels", "MessageTemplate").objects.exclude(news=""):
        use.objects.create(
            template=row, connection_id=row.connection_id, speaks=row.speaks, news=row.news, values=row.values
        )


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0007_parts_in_turn"),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "speaks",
                    models.CharField(choices=[("en", "English"), ("zh-hans", "简体中文")], max_length=10),
                ),
                ("news", models.CharField(max_length=40)),
                ("values", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="templateuse",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="channels.connection"
            ),
        ),
        migrations.AddField(
            model_name="templateuse",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="uses",
                to="channels.messagetemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateuse",
            constraint=models.UniqueConstraint(
                fields=("connection", "news", "speaks"), name="news_has_one_template"
            ),
        ),
        migrations.RunPython(keep_uses, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="messagetemplate",
            options={
                "ordering": ["title", "name", "language", "pk"],
                "verbose_name": "message template",
                "verbose_name_plural": "message templates",
            },
        ),
        migrations.RemoveConstraint(
            model_name="messagetemplate",
            name="template_for_news_once",
        ),
        migrations.RemoveField(
            model_name="messagetemplate",
            name="news",
        ),
        migrations.RemoveField(
            model_name="messagetemplate",
            name="values",
        ),
        migrations.AddField(
            model_name="messagetemplate",
            name="title",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="outbounddelivery",
            name="link",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="outbounddelivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_way", "no address of the customer is known"),
                    ("window_closed", "the time in which the platform lets us answer has passed"),
                    ("paused", "the connection is paused"),
                    ("no_address", "the connection has no address to send to"),
                    ("not_allowed", "the platform does not accept our credentials"),
                    ("recipient", "the platform cannot reach this person"),
                    ("refused", "the platform refused the message"),
                    ("unreachable", "the platform could not be reached"),
                    ("too_many", "the platform takes only so many messages in a row"),
                    ("not_for_news", "the connection is not used for automatic news"),
                    ("template", "the message template does not fit, or is no longer there"),
                    ("quota", "the platform takes no more messages today"),
                ],
                max_length=14,
            ),
        ),
    ]
