import cProfile,pstats
from tests.model.test_machine import Machine
from tests.model.test_any_method import AnyMethod
from tests.model.running import run
from tests.model.drivers import Pipeline
from hypothesis import Phase
def test_ref(shared_world):
    class W(Machine):
        world=shared_world
        connect=staticmethod(Pipeline)
    import collections
    C=collections.Counter(); real=shared_world.answer
    def answer(method,*a,**k):
        try:
            r=real(method,*a,**k); C[method,"ok"]+=1; return r
        except Exception as e: C[method,type(e).__name__]+=1; raise
    shared_world.answer=answer
    pr=cProfile.Profile(); pr.enable()
    run(W,5,50,phases=[Phase.generate])
    pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
    print(sorted(C.items()))
