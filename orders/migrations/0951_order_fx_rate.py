from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0950_payment_tenders")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="fx_rate",
            field=models.DecimalField(
                blank=True,
                decimal_places=8,
                help_text="Units of the shop's currency for one of the order's, when it was paid.",
                max_digits=18,
                null=True,
            ),
        ),
    ]
