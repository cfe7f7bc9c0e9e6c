from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_marks_and_address")]

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
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("fx_rate", None), ("fx_rate__gt", 0), _connector="OR"),
                name="order_fx_rate_positive",
            ),
        ),
    ]
