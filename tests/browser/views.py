"""The pages of the side bar."""

VIEWS = {
    "Home": "",
    "Label": "label",
    "Disagreements": "disagreements",
    "Journal": "journal",
    "Codebook": "codebook",
    "Lexicon": "lexicon",
    "Reflection": "reflection",
    "New insights": "insights",
    "Concept map": "concept_map",
    "My learning": "my_learning",
    "Adjudicate": "adjudicate",
    "Overview": "overview",
    "Agreement": "agreement",
    "Training": "training",
    "Both learners": "learners",
    "Label review": "label_review",
    "Messages": "messages",
    "Team": "team",
    "Settings": "settings",
}
"""Title -> address, in the order of the side bar."""
