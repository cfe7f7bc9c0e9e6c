from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_tier_benefits"),
    ]

    operations = [
        migrations.AddField(
            model_name="tier",
            name="auto_approve_bonus",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="On top of the limit of a return policy that is not made for this tier.",
                verbose_name="more approved without review (%)",
            ),
        ),
    ]
