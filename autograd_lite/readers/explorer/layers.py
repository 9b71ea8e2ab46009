"""The first sight of a long program: its layers as boxes, which open when one clicks on them."""

from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.listing import Listing
from autograd_lite.readers.graph import render

#: Of more nodes there is no such picture.
MOST = 400


def layers(listing: Listing) -> tuple[str, dict[str, str]]:
    """The graph as SVG, and by the id of a step that of its box; nothing where none is closed."""
    from autograd_lite.readers.graph.sketch import Sketch  # graphviz takes long to import

    if not any(step.scope for step in listing.steps):
        return "", {}
    sketch = Sketch(listing, "both", None, True, MOST, "", (Scan,))
    if not any(box.label for box in sketch.boxes.all):
        return "", {}
    sketch.boxes.note = "a box with several steps opens when you click on it"
    try:
        drawn = render.svg(sketch.graph().source)
    except (ImportError, RuntimeError, OSError):  # the other picture says why
        return "", {}
    boxes = sketch.boxes.of.items()
    return drawn, {sketch.ids[step.result]: sketch.ids[box.result] for step, box in boxes}
