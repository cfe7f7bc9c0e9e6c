from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="tier",
            name="free_returns",
            field=models.BooleanField(
                default=False,
                help_text="Under a return policy that is not made for this tier.",
                verbose_name="free return postage",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="window_bonus_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="On top of a return policy that is not made for this tier.",
                verbose_name="more days to return",
            ),
        ),
    ]
