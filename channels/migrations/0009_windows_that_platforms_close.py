from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0008_templates_for_several_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="correspondent",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="correspondent",
            name="closed_for",
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
                default="",
                max_length=14,
            ),
            preserve_default=False,
        ),
    ]
