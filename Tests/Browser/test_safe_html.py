"""What the sanitizer writes, in a real browser: nothing runs, nothing is fetched, nothing is read differently.

The texts are the vectors beside the module's tests, and random soups that its tests write here. The page has no content
security policy: the markup must be harmless by itself.
"""

import json
import os
import pathlib
import subprocess

import pytest

from Rig.demo import ROOT

ORIGIN = "http://cohort.test"
VECTORS = ROOT / "Tests" / "Wire" / "html-vectors.json"

# What a script of a vector can reach, and a walk that writes a tree as the server does.
TOOLS = """
window.ranScripts = [];
window.ran = (what) => window.ranScripts.push(String(what));
for (const name of ['alert', 'prompt', 'confirm', 'print', 'msgbox', 'open']) window[name] = window.ran;
const empty = new Set(['HR', 'BR', 'WBR', 'IMG', 'SOURCE', 'TRACK', 'COL']);
const escapes = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;'};
const escaped = (text) => text.replace(/[&<>"'`]/g, (sign) => escapes[sign]);
window.written = (node) => [...node.childNodes].map((child) => {
  if (child.nodeType === Node.TEXT_NODE) return escaped(child.data);
  if (child.nodeType !== Node.ELEMENT_NODE || child.namespaceURI !== 'http://www.w3.org/1999/xhtml') return '\\u0000';
  const name = child.localName;
  const attributes = [...child.attributes].map((one) => ` ${one.name}="${escaped(one.value)}"`).join('');
  if (empty.has(child.nodeName)) return `<${name}${attributes}>`;
  const first = child.firstChild;
  const feed = name === 'pre' && first && first.nodeType === Node.TEXT_NODE && first.data[0] === '\\n' ? '\\n' : '';
  return `<${name}${attributes}>${feed}${written(child)}</${name}>`;
}).join('');
"""
PAGE = "<!doctype html><meta charset=utf-8><title>t</title><link rel=icon href=data:,><div id=place></div>"

# Puts each text into the page in the ways in which pages do, clicks and hovers over what there is, and tells.
TRY = """
async (texts) => {
  const place = document.getElementById('place');
  const told = [];
  // A link that would run a script shows in its scheme; following the others would leave the page.
  document.addEventListener('click', (event) => event.preventDefault());
  for (const text of texts) {
    place.innerHTML = text;
    const once = written(place);
    // A second time through the browser's own serializer, where mutations come from.
    place.innerHTML = place.innerHTML;
    const twice = written(place);
    const parsed = written(new DOMParser().parseFromString('<!doctype html><body><div>' + text + '</div>', 'text/html')
      .body.firstChild);
    const schemes = [];
    for (const link of place.querySelectorAll('a[href]')) schemes.push(link.protocol);
    for (const link of place.querySelectorAll('*')) {
      link.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
      link.click();
      link.focus();
    }
    const isClobbered = [...place.querySelectorAll('[id]')].some((one) => !one.id.startsWith('content-'))
      || !!place.querySelector('[name]');
    told.push({once, twice, parsed, schemes, isClobbered, ran: window.ranScripts.splice(0)});
  }
  await new Promise((done) => setTimeout(done, 300));
  return {told, late: window.ranScripts};
}
"""


@pytest.fixture(scope="module")
def soups(tmp_path_factory):
    """Random texts and what the sanitizer makes of them, written by the module's own test."""
    path = tmp_path_factory.mktemp("soup") / "soup.json"
    subprocess.run(
        ["swift", "test", "--skip-build", "--ignore-lock", "--filter", "writes random soups for the browser test"], cwd=ROOT,
        env={**os.environ, "COHORT_HTML_SOUP": str(path)}, check=True, capture_output=True, timeout=300)
    return json.loads(pathlib.Path(path).read_text())


@pytest.fixture
def bench(chromium):
    """A page without a policy, and the addresses that it asks for."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []

    def answer(route):
        url = route.request.url
        if url == f"{ORIGIN}/page":
            return route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
        asked.append(url)
        return route.fulfill(status=404, body="")

    context.route("**/*", answer)
    page.add_init_script(TOOLS)
    page.goto(f"{ORIGIN}/page")
    yield page, asked
    context.close()


def check(page, asked, rows):
    result = page.evaluate(TRY, [row["safe"] for row in rows])
    for row, told in zip(rows, result["told"], strict=True):
        assert told["ran"] == [], row
        assert told["once"] == row["safe"], row
        assert told["twice"] == row["safe"], row
        assert told["parsed"] == row["safe"], row
        assert not told["isClobbered"], row
        assert set(told["schemes"]) <= {"http:", "https:", "mailto:", "tel:"}, row
    assert result["late"] == []
    # Pictures, sound and films of our own are all that a text can make a browser fetch.
    strangers = [url for url in asked if not url.startswith(f"{ORIGIN}/")]
    assert strangers == []
    assert page.url.split("#")[0] == f"{ORIGIN}/page"


def test_the_bench_notices_what_the_vectors_do(bench):
    page, asked = bench
    told = page.evaluate(TRY, ["<img src=x onerror=alert(1)>", "<img src=https://evil.example/pixel.gif>"])
    assert told["late"] or told["told"][0]["ran"]
    assert any(url.startswith("https://evil.example/") for url in asked)


def test_no_vector_runs_or_fetches_or_is_read_differently(bench):
    rows = json.loads(VECTORS.read_text())
    assert len(rows) > 250
    check(*bench, rows)


def test_no_random_soup_runs_or_fetches_or_is_read_differently(bench, soups):
    check(*bench, soups)
