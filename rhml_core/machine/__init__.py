"""The other learner: encoder, fast head, SetFit, explanations and surfaced concepts."""
