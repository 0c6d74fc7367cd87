"""Base encoders other than the packaged one as it is: another model, eight bits, one of before."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError, MachineError
from rhml_core.machine.encoding import encoder as encoder_module
from rhml_core.machine.encoding import int8
from rhml_core.machine.encoding.base_model import base_model
from rhml_core.machine.encoding.encoder import load_base_encoder, load_encoder
from rhml_core.machine.encoding.export import BODY, export_folder
from rhml_core.settings import Precision, Settings
from tests.machine.small_model import save_small_model

TEXTS = ["a prize", "see you at lunch", "", "one two three four five six seven " * 30]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return save_small_model(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("small-cache")


@pytest.fixture
def exact(small, cache, monkeypatch):
    """Settings that name the small model; it is exported in this process, which is quicker."""
    monkeypatch.setattr(encoder_module, "export_in_process", export_folder)
    return Settings(encoder=small, cache_folder=cache)


@pytest.fixture
def eight_bit(exact):
    return replace(exact, encoder_precision=Precision.INT8)


def operations(settings):
    """Names of the steps in the exported body."""
    import onnx  # noqa: PLC0415 - large

    load_base_encoder(settings)
    folder = base_model(settings).export_folder(settings.cache_folder, settings.encoder_precision)
    return [node.op_type for node in onnx.load(str(folder / BODY)).graph.node]


def test_other_model_is_read_as_sentence_transformers_reads_it(exact, small):
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    model = SentenceTransformer(str(small), device="cpu", local_files_only=True)

    vectors = load_base_encoder(exact).encode(TEXTS)

    expected = model.encode(TEXTS, normalize_embeddings=True)
    assert (vectors * expected).sum(axis=1).min() >= 0.9999


def test_steps_of_the_graph_are_joined(exact):
    """The joined steps are what makes reading fast; a new library may stop knowing the graph."""
    made = operations(exact)

    assert made.count("Attention") == 2
    assert made.count("BiasGelu") == 2
    assert "Softmax" not in made


def test_graph_that_would_change_the_vectors_stays_plain(exact, monkeypatch, tmp_path):
    monkeypatch.setattr("rhml_core.machine.encoding.fusion.LEAST_COSINE", 2.0)

    made = operations(replace(exact, cache_folder=tmp_path))

    assert "Attention" not in made
    assert "Softmax" in made


def test_attention_is_as_before_after_an_export(small, tmp_path):
    """A run's body is exported in the midst of its training."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    from rhml_core.machine.encoding.export import export_body  # noqa: PLC0415 - beside what it exports

    model = SentenceTransformer(str(small), device="cpu", local_files_only=True)
    before = model[0].auto_model.config._attn_implementation

    export_body(model, tmp_path)

    assert model[0].auto_model.config._attn_implementation == before != "eager"


def test_eight_bits_give_nearly_the_same_vectors_under_another_name(exact, eight_bit):
    one, other = load_base_encoder(exact), load_base_encoder(eight_bit)

    vectors = other.encode(TEXTS)

    assert other.encoder_id == f"{one.encoder_id}-int8"
    assert 0.98 <= (vectors * one.encode(TEXTS)).sum(axis=1).min() < 0.99999
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert operations(eight_bit).count("MatMulIntegerToFloat") == 2 * 4
    assert "MatMul" not in operations(eight_bit)


def test_eight_bit_vector_does_not_depend_on_company(eight_bit):
    """Vectors are kept by text, so they must not differ by what was read beside it."""
    encoder = load_base_encoder(eight_bit)

    together = encoder.encode(TEXTS)

    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-5)


def test_processor_that_overflows_gets_half_the_range_under_another_name(
    exact, eight_bit, monkeypatch, tmp_path
):
    facts = tmp_path / "cpuinfo"
    facts.write_text("flags : avx2 fma")
    monkeypatch.setattr(int8, "_PROCESSOR_FACTS", facts)
    monkeypatch.setattr(int8.platform, "machine", lambda: "x86_64")

    encoder = load_base_encoder(replace(eight_bit, cache_folder=tmp_path))

    assert int8.weight_range() == 63
    assert encoder.encoder_id.endswith("-int8half")
    assert (encoder.encode(TEXTS) * load_base_encoder(exact).encode(TEXTS)).sum(axis=1).min() > 0.97


def test_processor_with_vnni_or_of_another_kind_has_the_full_range(monkeypatch, tmp_path):
    facts = tmp_path / "cpuinfo"
    facts.write_text("flags : avx512f avx512_vnni")
    monkeypatch.setattr(int8, "_PROCESSOR_FACTS", facts)

    ranges = []
    for machine in ("x86_64", "arm64"):
        monkeypatch.setattr(int8.platform, "machine", lambda machine=machine: machine)
        ranges.append(int8.weight_range())

    assert ranges == [127, 127]


def test_other_reading_rules_make_another_encoder(small, tmp_path):
    """The same weights read with other rules give other vectors, so the name must tell."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in small.rglob("*"):
        if file.is_file():
            (copy / file.relative_to(small)).parent.mkdir(exist_ok=True)
            (copy / file.relative_to(small)).symlink_to(file)
    same = base_model(Settings(encoder=copy))
    rules = copy / "sentence_bert_config.json"
    changed = json.loads(rules.read_text()) | {"max_seq_length": 32}
    rules.unlink()
    rules.write_text(json.dumps(changed))

    other = base_model(Settings(encoder=copy))

    assert same.digest == base_model(Settings(encoder=small)).digest != other.digest


def test_encoder_of_before_is_found_in_the_other_precision(exact, eight_bit):
    before = load_base_encoder(eight_bit)

    found = load_encoder(before.encoder_id, exact)

    assert found.encoder_id == before.encoder_id
    assert (found.encode(TEXTS) == before.encode(TEXTS)).all()


def test_encoder_of_before_is_found_in_the_cache_as_long_as_it_is_there(exact):
    """After another encoder is set, runs on the former one still answer."""
    before = load_base_encoder(exact)
    packaged_is_set = replace(exact, encoder=None)

    found = load_encoder(before.encoder_id, packaged_is_set)

    assert (found.encode(TEXTS) == before.encode(TEXTS)).all()


def test_encoder_of_before_that_is_gone_is_asked_for(exact, tmp_path):
    before = load_base_encoder(exact)

    with pytest.raises(MachineError, match=rf"{before.encoder_id} is needed.*RHML_ENCODER"):
        load_encoder(before.encoder_id, Settings(cache_folder=tmp_path))


def test_name_from_elsewhere_finds_no_folder(exact):
    """Names come out of a run's file and must not be taken as patterns."""
    load_base_encoder(exact)

    with pytest.raises(MachineError, match="is needed"):
        load_encoder("base-????????????", exact)


def test_unknown_precision_is_refused_with_the_known_ones(monkeypatch):
    monkeypatch.setenv("RHML_ENCODER_PRECISION", "int4")

    with pytest.raises(InvalidInputError, match="fp32 or int8"):
        Settings.from_environment()


def test_precision_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("RHML_ENCODER_PRECISION", "INT8")

    assert Settings.from_environment().encoder_precision is Precision.INT8
