"""Pictures of real pages for the documentation, kept only where someone asks for them."""

import io
import os
from pathlib import Path

from PIL import Image

FOLDER_VARIABLE = "RHML_SCREENSHOTS"
_N_COLOURS = 256
_STILL = (
    "*, *::before, *::after { caret-color: transparent !important; animation: none !important }"
)


def keep_screenshot(page, name):
    """
    Write what the tab shows as `NAME.png`, a small file; nothing without `RHML_SCREENSHOTS`.

    Args:
        page: the tab, at the size that the picture shall have.
        name: by walk and step, as in `walk-supervisor-3-adjudicate`.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return
    taken = Image.open(io.BytesIO(page.screenshot(style=_STILL)))
    # A page has few colours: with a palette of its own it looks the same at a third of the size.
    small = taken.convert("RGB").quantize(
        _N_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
    )
    Path(folder).mkdir(parents=True, exist_ok=True)
    small.save(Path(folder) / f"{name}.png", optimize=True)
