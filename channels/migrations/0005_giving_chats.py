import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0004_news"),
        ("tickets", "0014_message_translations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChatGiving",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("ring", "Rings for one after the other until somebody takes it"),
                            ("direct", "Is given to somebody at once"),
                            ("board", "Waits on the board for whoever takes it"),
                        ],
                        default="ring",
                        max_length=6,
                        verbose_name="a new chat",
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("round_robin", "In turn: whoever got none for longest"),
                            ("least_busy", "Least busy: whoever has the fewest open"),
                        ],
                        default="least_busy",
                        max_length=12,
                        verbose_name="goes to",
                    ),
                ),
                (
                    "ring_seconds",
                    models.PositiveSmallIntegerField(default=25, verbose_name="rings for so many seconds"),
                ),
                (
                    "missed_at_most",
                    models.PositiveSmallIntegerField(default=2, verbose_name="missed in a row"),
                ),
                (
                    "widen_seconds",
                    models.PositiveSmallIntegerField(
                        default=60, verbose_name="asks others after so many seconds"
                    ),
                ),
                (
                    "gone_seconds",
                    models.PositiveSmallIntegerField(
                        default=90, verbose_name="goes back after so many seconds"
                    ),
                ),
            ],
            options={
                "verbose_name": "giving of chats",
                "verbose_name_plural": "giving of chats",
            },
        ),
        migrations.AddField(
            model_name="chatduty",
            name="last_given_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="chatduty",
            name="missed",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="chatduty",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="chatsession",
            name="is_returned",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="chatsession",
            name="offered_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offered_chats",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="chatsession",
            name="offered_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="chatsession",
            name="passed_by",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="chatsession",
            name="ended_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer", "The customer ended it"),
                    ("staff", "We ended it"),
                    ("silence", "Nobody said anything any more"),
                    ("blocked", "We blocked the visitor"),
                    ("solved", "The ticket was solved"),
                    ("merged", "It goes on in another ticket"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="chatsession",
            index=models.Index(
                condition=models.Q(("offered_to", None), _negated=True),
                fields=["offered_until", "id"],
                name="chat_rings_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="chatsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offered_to", None),
                    models.Q(("offered_until__isnull", False), ("state", "waiting")),
                    _connector="OR",
                ),
                name="chat_rings_while_it_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="chatgiving",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_way_of_giving_chats"),
        ),
    ]
