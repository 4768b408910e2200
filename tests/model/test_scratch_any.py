import os, collections
from tests.model.test_any_method import AnyMethod
from tests.model.running import run
COUNT=collections.Counter()
def test_big(shared_world):
    real=shared_world.answer
    def answer(method, *a, **k):
        try:
            r=real(method,*a,**k); COUNT[method,"ok"]+=1; return r
        except Exception as e:
            COUNT[method,type(e).__name__]+=1; raise
    shared_world.answer=answer
    class W(AnyMethod):
        world=shared_world
    try:
        run(W,int(os.environ["EX"]),60)
    finally:
        by=collections.defaultdict(dict)
        for (m,o),n in COUNT.items(): by[m][o]=n
        with open("/tmp/scratch/counts.txt","w") as f:
            for m,o in sorted(by.items()): print(m,o,file=f)
            tot=collections.Counter()
            for (m,o),n in COUNT.items(): tot[o]+=n
            print(tot,file=f)
