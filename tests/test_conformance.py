"""Every model keeps the promises of ``models.speech``."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import pytest

from models import catalog
from tests.conformance import CHECKS, Check
from tests.speaking import Subject

UNSPEAKABLE = {"tone": "Say \a now."}
MODELS = [name for name in catalog.names() if name == "tone" or find_spec(f"models.{name}.model")]


@cache
def _subject(name: str) -> Subject:
    model = catalog.load(name)
    model.warm_up()
    return Subject(model, catalog.load(name), UNSPEAKABLE.get(name, ""))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__[6:])
def test_model_keeps_its_promise(name: str, check: Check) -> None:
    check(_subject(name))
