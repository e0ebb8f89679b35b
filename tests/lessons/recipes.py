"""Random valid recipes, small enough to be trained in a test."""

from hypothesis import strategies as st

from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import ACTIVATIONS, NORMS, OPTIMIZERS


@st.composite
def recipes(draw):
    data = draw(st.sampled_from(["digits", "noise"]))
    widths = tuple(draw(st.lists(st.integers(1, 12), min_size=1, max_size=3)))
    rate = st.sampled_from([0.0, 0.1, 0.5, 1 / 3, 0.9])
    dropout = draw(st.one_of(rate, st.tuples(*[rate for _ in widths])))
    try:
        return Recipe(
            data=data,
            train_size=draw(st.integers(20, 60)),
            label_noise=draw(st.sampled_from([0.0, 0.3, 1.0])) if data == "digits" else 0.0,
            widths=widths,
            activation=draw(st.sampled_from(list(ACTIVATIONS))),
            norm=draw(st.sampled_from(list(NORMS))),
            dropout=dropout,
            eval_mode=draw(st.booleans()),
            optimizer=draw(st.sampled_from(list(OPTIMIZERS))),
            lr=draw(st.sampled_from([1e-4, 0.001, 0.1])),
            momentum=draw(st.sampled_from([0.0, 0.9])),
            weight_decay=draw(st.sampled_from([0.0, 0.01])),
            l1=draw(st.sampled_from([0.0, 1e-3])),
            batch_size=draw(st.sampled_from([0, 8, 16])),
            epochs=draw(st.integers(1, 3)),
        )
    except Mistake:
        from hypothesis import reject

        reject()
