"""The settings form: every model, every setting, every preset."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.training.forms import key_of
from reco_core.glossary import meaning_of_setting
from reco_core.models import MODELS, get_model

WITH_SETTINGS = [spec for spec in MODELS if spec.settings.model_fields]
PRESETS = [(spec.name, preset.name) for spec in MODELS for preset in spec.presets]


def draw(model: str) -> None:
    """The script under test: a form, and what it gives back."""
    import streamlit as st

    from pages.ui.training.forms import changed, settings_form
    from reco_core.models import get_model

    spec = get_model(model)
    preset, values = settings_form(spec)
    st.session_state["given"] = (preset, values)
    st.session_state["changed"] = changed(spec, preset, spec.parse(values))


def form(model: str) -> AppTest:
    test = AppTest.from_function(draw, args=(model,), default_timeout=30).run()
    assert not test.exception
    return test


def widgets(test: AppTest) -> dict[str, object]:
    kinds = (test.number_input, test.selectbox, test.toggle, test.text_input)
    return {widget.key: widget for kind in kinds for widget in kind}


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_every_setting_has_one_widget_that_explains_it_and_its_term(spec):
    drawn = widgets(form(spec.name))
    for name, info in spec.settings.model_fields.items():
        assert drawn[key_of(spec, name)].help == f"{info.description} {meaning_of_setting(name)}".strip()


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_untouched_form_gives_the_defaults(spec):
    preset, values = form(spec.name).session_state["given"]
    assert preset is None
    assert spec.parse(values) == spec.parse()


@pytest.mark.parametrize(("model", "preset"), PRESETS)
def test_preset_fills_the_form_with_its_values(model, preset):
    test = form(model)
    test.selectbox(key=f"preset_{model}").set_value(preset).run()
    assert not test.exception
    given, values = test.session_state["given"]
    assert given == preset
    assert get_model(model).parse(values) == get_model(model).parse(preset=preset)
    assert test.session_state["changed"] == []


def test_changed_value_comes_back_and_is_named_as_changed():
    test = form("mf_bias")
    test.number_input(key="set_mf_bias_dim").set_value(7).run()
    _, values = test.session_state["given"]
    assert values["dim"] == 7
    assert test.session_state["changed"] == ["Embedding dimension"]


def test_emptied_optional_number_is_none():
    test = form("mf_bias")
    test.number_input(key="set_mf_bias_patience").set_value(None).run()
    assert get_model("mf_bias").parse(test.session_state["given"][1]).patience is None


def test_list_of_layers_is_text_that_the_model_reads():
    test = form("deep_mlp")
    assert test.text_input(key="set_deep_mlp_layers").value == "100,50,20"
    test.text_input(key="set_deep_mlp_layers").set_value("8, 4").run()
    assert get_model("deep_mlp").parse(test.session_state["given"][1]).layers == (8, 4)


def test_setting_with_one_choice_is_shown_and_cannot_be_changed():
    drawn = widgets(form("mf_bce"))
    assert drawn["set_mf_bce_loss"].value == "bce"
    assert drawn["set_mf_bce_loss"].disabled


def test_ranges_of_numbers_are_those_of_the_settings():
    dim = form("mf").number_input(key="set_mf_dim")
    assert (dim.min, dim.max) == (1, 512)


def draw_for() -> None:
    """The script under test: the form for jokes from -10 to 10 where the session says so, or for the demo."""
    import streamlit as st

    from benchmarks.lookalikes import jokes as some_jokes
    from pages.ui.training.forms import settings_form
    from reco_core import data
    from reco_core.models import get_model
    from reco_core.models.recommended import recommended

    spec = get_model("mf_bias")
    settings_form(spec, recommended(spec, some_jokes() if "jokes" in st.session_state else data.load("demo")))


def test_recommended_follows_the_dataset_but_for_what_was_set_by_hand():
    test = AppTest.from_function(draw_for, default_timeout=30).run()
    l2, bias_l2 = (key_of(get_model("mf_bias"), name) for name in ("l2", "bias_l2"))
    assert test.number_input(key=l2).value == 0.06 and not any("scale" in line.value for line in test.caption)
    test.number_input(key=bias_l2).set_value(0.1).run()
    test.session_state["jokes"] = True
    test.run()
    assert not test.exception
    assert (test.number_input(key=l2).value, test.number_input(key=bias_l2).value) == (1.5, 0.1)
    assert "A scale 20 wide: penalties to match." in [line.value for line in test.caption]
    test.selectbox(key="preset_mf_bias").set_value("notebook-a").run()
    assert test.number_input(key=l2).value == 1e-6
    assert "A scale 20 wide: penalties to match." not in [line.value for line in test.caption]
    test.selectbox(key="preset_mf_bias").set_value("default").run()
    assert test.number_input(key=bias_l2).value == 0.12
