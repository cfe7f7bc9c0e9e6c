from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_default_survey_and_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="channel",
            field=models.CharField(
                choices=[("mail", "By mail"), ("chat", "In the chat")], default="mail", max_length=8
            ),
        ),
    ]
