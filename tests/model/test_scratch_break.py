import os
from tests.model.test_machine import Machine
from tests.model.test_any_method import AnyMethod
from tests.model.running import run
from tests.model.drivers import Pipeline
import pathlib; exec(pathlib.Path(os.environ["BREAK"]).read_text(),{})
def test_ref(shared_world):
    class W(Machine):
        world=shared_world
        connect=staticmethod(Pipeline)
    from hypothesis import Phase
    run(W,12,50,phases=[Phase.generate])
def test_any(shared_world):
    class W(AnyMethod):
        world=shared_world
    from hypothesis import Phase
    run(W,12,60,phases=[Phase.generate])
