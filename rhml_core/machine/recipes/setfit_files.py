"""A tuned body and its head as the files that a run keeps."""

from pathlib import Path
from typing import TYPE_CHECKING

from rhml_core.machine.encoding.export import export_body
from rhml_core.machine.encoding.twin_body import TwinBody
from rhml_core.machine.heads.head import LinearHead, as_logistic_regression
from rhml_core.machine.recipes.run_folder import MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def save_setfit(body: "SentenceTransformer", head: LinearHead, output: Path) -> None:
    """
    Write `model/`, which the SetFit library loads, and the exported body, which needs no torch.

    The model card has no example texts: messages stay in the store.

    Args:
        body: the tuned body; moved to the processor.
        head: reads its L2-normalised embeddings.
        output: an existing folder.
    """
    _save_model(body, head, output)
    export_body(body, output)


def save_twin(twin: TwinBody, published_share: float, head: LinearHead, output: Path) -> None:
    """
    Write a twin's tuned reading as `save_setfit` does, and both readings as the exported body.

    Args:
        twin: must not be used afterwards.
        published_share: how much the published reading weighs in the exported body.
        head: reads the tuned reading alone.
        output: an existing folder.
    """
    twin.body.to("cpu")
    twin.published.to("cpu")
    twin.tuned.to("cpu")
    export_body(twin.body, output, reader=twin.reader(published_share))
    _save_model(twin.whole(), head, output)


def _save_model(body: "SentenceTransformer", head: LinearHead, output: Path) -> None:
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    body.to("cpu")
    classifier = as_logistic_regression(head)
    model = SetFitModel(
        model_body=body,
        model_head=classifier,
        normalize_embeddings=True,
        labels=[str(name) for name in classifier.classes_],
    )
    model.save_pretrained(str(output / MODEL))
