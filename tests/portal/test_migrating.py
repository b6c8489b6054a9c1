"""``manage.py migrate`` builds no model anew for a constraint or an index, and the model has it all the same."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from portal.management.commands.migrate import CHANGES, light

SMALL = models.CheckConstraint(condition=models.Q(n__lt=9), name="small")
SMALLER = models.CheckConstraint(condition=models.Q(n__lt=8), name="small")
BY_N = models.Index(fields=["n"], name="by_n")


def test_a_model_is_told_what_changed():
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]
    state.add_model(ModelState("portal", "Thing", fields, {"constraints": [], "indexes": []}))
    built = state.apps.get_model("portal", "thing")
    with light():
        state.add_constraint("portal", "thing", SMALL)
        state.add_index("portal", "thing", BY_N)
        assert (built._meta.constraints, built._meta.indexes) == ([SMALL], [BY_N])
        state.alter_constraint("portal", "thing", "small", SMALLER)
        assert built._meta.constraints == state.models["portal", "thing"].options["constraints"] == [SMALLER]
        state.remove_constraint("portal", "thing", "small")
        assert built._meta.constraints == []
        assert state.apps.get_model("portal", "thing") is built
        state.add_field("portal", "thing", "m", models.IntegerField(null=True), True)
        again = state.apps.get_model("portal", "thing")
        assert (again is not built, again._meta.indexes) == (True, [BY_N])


def test_afterwards_django_is_as_it_was():
    before = [getattr(ProjectState, name) for name in CHANGES]
    with light():
        assert [getattr(ProjectState, name) for name in CHANGES] != before
    assert [getattr(ProjectState, name) for name in CHANGES] == before
