"""The page: nothing is fetched, and no text in it can become a script."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape
from zlib import decompress

import msgspec
import pytest

from backlit.errors import DataError
from backlit.studio import page as module
from backlit.studio.bundle import bundle, whole
from backlit.studio.opening import opened
from backlit.studio.page import asset, page, served_page
from backlit.studio.spec import LESSON, DataTable, Spec

EVIL = "</script><script>alert(1)</script><!--"


@pytest.fixture(scope="module")
def start():
    return bundle(LESSON)


def inside(text):
    """Return the bundle in a page."""
    packed = re.search(r'id="bundle">(.*?)</script>', text, re.DOTALL)[1]
    return msgspec.json.decode(decompress(b64decode(packed), wbits=-15))


def test_page_holds_the_bundle_whole(front_end, start):
    del front_end
    expected = msgspec.json.decode(msgspec.json.encode(whole(start)))
    assert inside(page(start)) == expected
    assert expected["detail"]["rules"]


def test_policy_allows_the_pages_own_script_and_fetches_nothing(front_end, start):
    del front_end
    text = page(start)
    policy = unescape(re.search(r'Policy" content="(.*?)">', text)[1])
    script = re.search(r'<script type="module">(.*?)</script>', text, re.DOTALL)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' 'wasm-unsafe-eval' blob:" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "connect-src" not in policy
    assert "http" not in re.sub(
        r'http-equiv|charset="utf-8"', "", text.split("<body")[0]
    )


def test_names_in_the_data_cannot_end_the_script(front_end):
    del front_end
    csv = f'"{EVIL}",y\n' + "".join(f"{n},{n}\n" for n in range(5))
    spec = opened("plane")
    evil = Spec(spec.network, spec.layer, data=DataTable(EVIL, csv=csv))
    evil.network.inputs = 1
    text = page(bundle(evil), EVIL)
    assert text.count("<script") == 2
    assert text.count("</script") == 2
    assert "<!--" not in text
    data = inside(text)
    assert data["table"]["name"] == EVIL
    assert data["table"]["inputs"] == [EVIL]


def test_served_page_takes_script_and_style_from_its_server():
    text = served_page()
    assert 'src="studio.js"' in text
    assert 'href="studio.css"' in text
    assert "{" not in text


def test_a_front_end_that_was_not_built_is_an_error_with_its_fix(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    asset.cache_clear()
    with pytest.raises(DataError, match="pip install"):
        asset("studio.js")
