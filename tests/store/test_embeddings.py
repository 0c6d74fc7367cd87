import numpy as np
import pytest

from rhml_core.store import embeddings

TEXTS = {"m1": "one", "m2": "two", "m3": "three", "m4": "one", "m5": "five"}


@pytest.mark.parametrize("at_a_time", [1, 2, 100])
def test_vectors_stand_beside_their_messages(place, project, add_messages, monkeypatch, at_a_time):
    """In import order, however many are read at a time; equal texts have equal vectors."""
    monkeypatch.setattr(embeddings, "_VECTORS_AT_A_TIME", at_a_time)
    add_messages(TEXTS)
    encoder = place.machines.base_encoder()

    keys, vectors = embeddings.load_embeddings(place.db, project.project_id, encoder.encoder_id)

    assert keys.columns == ["message_id", "text_hash", "split"]
    assert keys["message_id"].to_list() == list(TEXTS)
    assert vectors.dtype == np.float32
    assert (vectors == encoder.encode(list(TEXTS.values()))).all()


def test_message_that_was_not_read_has_no_row(place, project, add_messages):
    add_messages({"m1": "one", "m2": "two"})
    encoder = place.machines.base_encoder()
    with place.db.atomic() as transaction:
        transaction.write(
            """
            DELETE FROM embeddings WHERE text_hash =
                (SELECT text_hash FROM messages WHERE message_id = 'm1')
            """
        )

    keys, vectors = embeddings.load_embeddings(place.db, project.project_id, encoder.encoder_id)

    assert keys["message_id"].to_list() == ["m2"]
    assert len(vectors) == 1


def test_encoder_that_read_nothing_has_no_vectors(place, project, add_messages):
    add_messages({"m1": "one"})

    keys, vectors = embeddings.load_embeddings(place.db, project.project_id, "unknown")

    assert keys.columns == ["message_id", "text_hash", "split"]
    assert keys.is_empty()
    assert vectors.shape == (0, 0)
