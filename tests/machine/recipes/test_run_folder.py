import numpy as np
import pytest

from rhml_core.errors import MachineError
from rhml_core.machine.encoding.model_files import write_json
from rhml_core.machine.heads.head import fit_head, save_head
from rhml_core.machine.recipes.run_folder import load_run, seal_run_folder, verify_run_folder


@pytest.fixture
def run(tmp_path):
    """A sealed run of the fast recipe."""
    head = fit_head(np.eye(2, dtype=np.float32), ["a", "b"], all_labels=["b", "a"], seed=1)
    save_head(head, tmp_path / "head.npz")
    write_json({"encoder_id": "base-x"}, tmp_path / "result.json")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "README.md").write_text("card")
    seal_run_folder(tmp_path)
    return tmp_path


def test_sealed_run_is_loaded(run):
    loaded = load_run(run)

    assert loaded.labels == ("b", "a")
    assert loaded.encoder_id == "base-x"
    assert loaded.encoder is None
    assert loaded.head.predict_proba(np.eye(2, dtype=np.float32)).argmax(axis=1).tolist() == [1, 0]


@pytest.mark.parametrize("name", ["head.npz", "model/README.md"])
def test_changed_file_is_refused_by_name(run, name):
    with (run / name).open("ab") as stream:
        stream.write(b" ")

    with pytest.raises(MachineError, match=f"{name} was changed"):
        load_run(run)


def test_missing_file_is_refused_by_name(run):
    (run / "model" / "README.md").unlink()

    with pytest.raises(MachineError, match=r"README\.md is missing"):
        verify_run_folder(run)


def test_extra_file_is_refused_by_name(run):
    (run / "model" / "more.bin").write_bytes(b"?")

    with pytest.raises(MachineError, match=r"model/more\.bin does not belong"):
        verify_run_folder(run)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_unreadable_manifest_is_refused(run, text):
    (run / "manifest.json").write_text(text)

    with pytest.raises(MachineError, match="manifest"):
        verify_run_folder(run)


def test_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(MachineError, match="manifest"):
        load_run(tmp_path / "nowhere")
