"""Where a training runs: on a graphics processor where there is one."""

from rhml_core.errors import InvalidInputError

AUTO = "auto"
DEVICES = (AUTO, "cpu", "cuda")


def torch_device(device: str = AUTO) -> str:
    """
    The device that torch is to train on: `cuda` or `cpu`.

    Args:
        device: `auto` takes `cuda` where torch sees one; `cpu` and `cuda` insist.

    Raises:
        InvalidInputError: another name, or `cuda` where torch sees none.
    """
    import torch  # noqa: PLC0415 - only where training

    if device not in DEVICES:
        raise InvalidInputError(
            f"There is no device {device!r}. Choose one of {', '.join(DEVICES)}."
        )
    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise InvalidInputError("No graphics processor was found. Choose the device auto or cpu.")
    return "cuda" if has_cuda and device != "cpu" else "cpu"
