"""A sentence-transformers model of a few thousand numbers, made on the spot."""

from rhml_core.machine.encoding.model_files import packaged_model_folder


def save_small_model(folder, *, seed=0):
    """
    Save a BERT of two layers with random weights and the packaged tokenizer; return its folder.

    Its tokens have few numbers, so that exporting and reading take no time.
    """
    import torch  # noqa: PLC0415 - only where a model is made
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch
    from sentence_transformers.sentence_transformer import modules  # noqa: PLC0415 - imports torch
    from transformers import AutoTokenizer, BertConfig, BertModel  # noqa: PLC0415 - imports torch

    torch.manual_seed(seed)
    sizes = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "initializer_range": 0.2,  # large enough for the layers to matter
    }
    tokenizer = AutoTokenizer.from_pretrained(packaged_model_folder(), local_files_only=True)
    bert = BertModel(BertConfig(vocab_size=len(tokenizer), **sizes))
    bert.save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    body = modules.Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = modules.Pooling(sizes["hidden_size"])
    SentenceTransformer(modules=[body, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"
