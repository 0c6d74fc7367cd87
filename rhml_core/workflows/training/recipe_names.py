"""What recipes are called where people read of them."""

_NAMES = {
    "fast": "Fast",
    "setfit": "SetFit",
    "setfit-stock": "SetFit stock",
    "two-branch": "Two branches",
}


def recipe_name(recipe: str) -> str:
    """
    A recipe's name for people; of one that has none, what it is called in the store.

    >>> recipe_name("setfit-stock")
    'SetFit stock'
    """
    return _NAMES.get(recipe, recipe)
