import time
import pytest
from tests.serving import serving
pytestmark = pytest.mark.browser
from pathlib import Path
@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    f = tmp_path_factory.mktemp("s")
    import shutil
    shutil.copy("/tmp/try/w.duckdb", f/"w.duckdb")
    with serving(f/"w.duckdb", f/"log", cache=encoder_cache) as s:
        yield s
def test_x(visit):
    t=time.time()
    v=visit("Admin")
    print("signed", time.time()-t)
    for view in ["home","label","disagreements","journal","codebook","training","messages","settings"]:
        t=time.time()
        v.open(view); print(view, time.time()-t)
        v.page.screenshot(path=f"/tmp/try/{view}.png")
