import pytest
import torch

from rhml_core.errors import InvalidInputError
from rhml_core.machine.recipes.device import torch_device


@pytest.mark.parametrize(
    ("device", "has_cuda", "chosen"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")],
)
def test_graphics_processor_is_taken_where_there_is_one_unless_refused(
    monkeypatch, device, has_cuda, chosen
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)

    assert torch_device(device) == chosen


def test_device_that_is_not_there_is_refused(monkeypatch):
    """Silently training on the processor would take an hour instead of a minute."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(InvalidInputError, match="auto or cpu"):
        torch_device("cuda")


def test_unknown_device_is_named():
    with pytest.raises(InvalidInputError, match="abacus"):
        torch_device("abacus")
