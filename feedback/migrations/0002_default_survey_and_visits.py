from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from feedback.defaults import ensure_survey_and_visits


def lay_down(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ensure_survey_and_visits(
        apps.get_model("feedback", "SurveyForm").objects, apps.get_model("feedback", "VisitPlan").objects
    )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop)]
