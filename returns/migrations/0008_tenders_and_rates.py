from django.core.validators import MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0007_statutory_rights"), ("orders", "0004_payment_tenders")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="units",
            field=models.PositiveBigIntegerField(blank=True, help_text="Points given back.", null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="book_currency",
            field=models.CharField(blank=True, default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refund",
            name="book_amount",
            field=models.BigIntegerField(
                blank=True, help_text="In the shop's currency, at the rate of the order.", null=True
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="cash_amount",
            field=models.BigIntegerField(
                blank=True, help_text="In the shop's currency, at the rate of the refund.", null=True
            ),
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("book_currency", models.CharField(max_length=3, verbose_name="currency of the shop")),
                ("day", models.DateField(verbose_name="from")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=8,
                        max_digits=18,
                        validators=[MinValueValidator(0)],
                        verbose_name="exchange rate",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "ordering": ["-day", "currency"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("currency", "book_currency", "day"), name="exchange_rate_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0)), name="exchange_rate_positive"
                    ),
                ],
            },
        ),
    ]
