#!/usr/bin/env python3
"""Uses the report as a person would, in headless Chromium: filters, search, keys, dark and narrow screens, without
scripts, with hostile texts, and large.

    python3 tests/browser.py target/release/cleancopy [--pictures docs/pictures] [--data ../shared/data]

Needs selenium, and Chromium with its driver on the path. With --pictures it only takes the pictures of the docs, over
corpus/; with --data the report of real dumps and pages is driven as well, if they are there.
"""

import argparse
import html
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

ROOT = Path(__file__).resolve().parent.parent
LARGE = 100_000
SWITCHES = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
# What a browser does with a file is not logged as requests; what was loaded beside it is.
LOADED = "return performance.getEntriesByType('resource').map(entry => entry.name)"
SHOWN = "return [...document.querySelectorAll('.doc')].filter(doc => !doc.hidden).map(doc => doc.id)"
PASSING = "return [...document.querySelectorAll('.doc:not([hidden]) del[data-r]:not(.off)')]"


class Browser:
    def __init__(self):
        options = webdriver.ChromeOptions()
        for switch in SWITCHES:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        driver = shutil.which("chromedriver")
        assert path and driver, "Chromium and its driver (packages chromium and chromium-driver) must be on the path"
        options.binary_location = path
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        self.js = self.driver.execute_script
        self.cdp = self.driver.execute_cdp_cmd
        self.cdp("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        self.screen(1280, 900)

    def screen(self, width, height, dark=False, scale=1):
        self.cdp("Emulation.setDeviceMetricsOverride",
                 {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, path):
        """Opens a report, and says how long that took, in seconds, until it is laid out and its script has run."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        start = time.perf_counter()
        self.driver.get(Path(path).resolve().as_uri())
        self.js("return document.body.offsetHeight")
        return time.perf_counter() - start

    def check_clean(self):
        """Nothing on the console, and nothing loaded."""
        log = [entry for entry in self.driver.get_log("browser") if entry["level"] != "DEBUG"]
        assert not log, log
        assert self.js(LOADED) == [], self.js(LOADED)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def choose(self, name, value):
        Select(self.find(f"#{name}")).select_by_value(value)

    def set(self, name, value):
        self.js("const at = document.getElementById(arguments[0]); at.value = arguments[1];"
                "at.dispatchEvent(new Event('input', {bubbles: true}))", name, str(value))

    def clear(self):
        self.find("#filters [type=reset]").click()
        time.sleep(0.05)


def run(binary, *command, code=0, cwd=None, text=None):
    done = subprocess.run([binary, *map(str, command)], cwd=cwd, capture_output=True, text=True, input=text)
    assert done.returncode == code, (command, done.returncode, done.stderr)
    return done.stdout


def check_filters(browser, path):
    """Each filter shows what it says, and only that."""
    browser.open(path)
    everything = browser.js(SHOWN)
    assert everything and browser.find("#filters").is_displayed()
    for name, attribute in [("kind", "data-k"), ("rule", "data-r")]:
        options = [option.get_attribute("value") for option in Select(browser.find(f"#{name}")).options if option.get_attribute("value")]
        value = options[len(options) // 2]
        browser.choose(name, value)
        passing = browser.js(f"{PASSING}.map(cut => cut.getAttribute('{attribute}'))")
        assert set(passing) == {value}, (value, set(passing))
        with_it = browser.js(f"return [...document.querySelectorAll('.doc')].filter(doc => doc.querySelector('[{attribute}=\"{value}\"]')).map(doc => doc.id)")
        assert browser.js(SHOWN) == with_it, value
        said = browser.find("#found").text
        assert said.startswith(f"{len(with_it)} document") and f" {len(passing)} cut" in said, said
        browser.clear()
    browser.choose("status", "ok")
    assert set(browser.js("return [...document.querySelectorAll('.doc:not([hidden])')].map(doc => doc.dataset.status)")) == {"ok"}
    browser.clear()
    browser.set("confidence", 0.8)
    confidences = browser.js("return [...document.querySelectorAll('.doc:not([hidden]) del[data-r]:not(.off)')].map(cut => +cut.dataset.c)")
    off = browser.js("return [...document.querySelectorAll('del.off')].map(cut => +cut.dataset.c)")
    assert confidences and max(confidences) <= 0.8 and off and min(off) > 0.8
    browser.clear()
    assert browser.js(SHOWN) == everything
    assert browser.js("return [...document.querySelectorAll('[data-set]')].filter(link => ![...document.getElementById(link.dataset.set).options]"
                      ".some(option => option.value === link.dataset.to)).map(link => link.dataset.to)") == [], "links lead somewhere"
    # A link of the overview filters too.
    link = browser.find("a.kind")
    link.click()
    time.sleep(0.1)
    assert browser.find("#kind").get_attribute("value") == link.get_attribute("data-to")
    browser.clear()


def check_search(browser, path):
    browser.open(path)
    word = browser.js("return document.querySelector('.doc .text').textContent.match(/\\p{L}{6,}/u)[0]").upper()
    browser.find("#search").send_keys(word)
    shown = browser.js(SHOWN)
    holding = browser.js("return [...document.querySelectorAll('.doc')].filter(doc => doc.textContent.toUpperCase().includes(arguments[0])).map(doc => doc.id)", word)
    assert shown and shown == holding, (word, shown, holding)
    marked = browser.js("return [...CSS.highlights.get('search')].map(range => range.toString().toUpperCase())")
    assert marked and set(marked) == {word}, marked
    browser.set("search", "no document holds this")
    assert browser.js(SHOWN) == [] and browser.find("#found").text.startswith("0 documents")
    browser.clear()


def check_list(browser, path):
    """Cuts as a list, the least sure first, each of which leads to its document."""
    browser.open(path)
    browser.find("#as-list").click()
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "#list li")
    sure = [float(row.find_element(By.CSS_SELECTOR, "b").text) for row in rows]
    assert len(sure) > 20 and sure == sorted(sure), sure[:10]
    assert not browser.find("#all").is_displayed()
    text = rows[0].find_element(By.CSS_SELECTOR, ".cut").get_attribute("textContent")
    rows[0].find_element(By.CSS_SELECTOR, "button").click()
    focused = browser.driver.switch_to.active_element
    assert focused.tag_name == "del" and focused.is_displayed()
    assert focused.get_attribute("textContent").startswith(text), text


def check_keys(browser, path):
    """All of it by the keyboard alone."""
    browser.open(path)
    browser.keys(Keys.TAB)
    assert browser.driver.switch_to.active_element.text.startswith("Skip"), "the first stop leads past what recurs"
    browser.js("document.activeElement.blur()")
    browser.find("body").send_keys("/")
    assert browser.driver.switch_to.active_element.get_attribute("id") == "search"
    browser.keys("n")
    assert browser.find("#search").get_attribute("value") == "n", "keys are letters where one types"
    browser.clear()
    browser.js("document.activeElement.blur()")
    cuts = browser.js(PASSING)
    for expected in cuts[:3]:
        browser.driver.switch_to.active_element.send_keys("n")
        assert browser.driver.switch_to.active_element == expected
    browser.keys("p")
    cut = browser.driver.switch_to.active_element
    assert cut == cuts[1]
    tip = browser.js("return getComputedStyle(document.activeElement, '::after').content")
    assert cut.get_attribute("data-r") in tip and cut.get_attribute("data-c") in tip, tip
    browser.keys(Keys.ENTER)
    assert browser.find("#panel").get_attribute("open") is not None
    assert browser.find("#panel-title").text == f"Cut as {cut.get_attribute('data-k')}"
    browser.keys(Keys.ESCAPE)
    assert browser.find("#panel").get_attribute("open") is None
    assert browser.driver.switch_to.active_element == cut, "one comes back to where one was"
    # In the list too.
    browser.find("#as-list").click()
    browser.js("document.activeElement.blur()")
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "#list button")
    for expected in [rows[0], rows[1]]:
        browser.driver.switch_to.active_element.send_keys("n")
        assert browser.driver.switch_to.active_element == expected
    browser.clear()
    # A doubtful cut leads to its document.
    link = browser.find(".examples a.id")
    browser.js("arguments[0].click()", link)
    time.sleep(0.1)
    document = browser.find(link.get_attribute("href")[link.get_attribute("href").index("#"):])
    assert document.get_attribute("open") is not None and link.text in document.text
    assert browser.driver.switch_to.active_element == document.find_element(By.CSS_SELECTOR, "summary")


def copied(browser, cut, action):
    """The rule that is offered for a cut, by way of the clipboard."""
    browser.js("for (let el = arguments[0].closest('details'); el; el = el.parentElement.closest('details')) el.open = true;"
               "arguments[0].focus()", cut)
    browser.keys(Keys.ENTER)
    browser.find(f"[name=action][value={action}]").click()
    browser.find("#copy").click()
    time.sleep(0.05)
    assert browser.find("#copied").text == "Copied.", browser.find("#copied").text
    rule = browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert rule == browser.find("#panel-rule").get_attribute("value")
    browser.keys(Keys.ESCAPE)
    return tomllib.loads(rule)["rule"][0]["id"], rule


def check_long_rules(browser, binary, folder):
    """Rules for cuts that the report shows only the beginning of, that are no words, and that are a part of a line."""
    prose = "The harbour office said on Monday that ferry {} will sail again, after three weeks in the dock for repairs."
    junk = ["Harbour notice: " + " ".join(f"word{number}" for number in range(900)), "Harbour notice " + "港口渡轮" * 600,
            "Harbour notice: " + "x" * 5000, "***", "|"]
    lines = [line for number, text in enumerate(junk) for line in (prose.format(number), text)] + [prose.format(9)]
    (folder / "long.jsonl").write_text(json.dumps({"id": "long", "text": "\n".join(lines)}), encoding="utf-8")
    (folder / "long.toml").write_text('[[rule]]\nid = "ad.notice"\nscope = "prefix"\nmax_words = 100000\nphrases = ["harbour notice"]\n'
                                      '[[rule]]\nid = "ad.signs"\nscope = "line"\nraw = true\npattern = \'^[*|]+$\'\n')
    clean = ["clean", "long.jsonl", "-q", "--rules", "long.toml", "-o"]
    run(binary, *clean, "before.jsonl", "--html", "long.html", cwd=folder)
    assert "Harbour notice" not in (folder / "before.jsonl").read_text().split('"removed"')[0]
    browser.open(folder / "long.html")
    for place in [".doc", "#doubtful"]:
        cuts = browser.js(f"return [...document.querySelectorAll('{place} del[data-r]')]")
        assert len(cuts) == len(junk), (place, len(cuts))
        assert browser.js(f"return document.querySelectorAll('{place} del i').length") == 3, "the long ones are shortened"
        rules = dict(copied(browser, cut, "protect") for cut in cuts)
        (folder / "mine.toml").write_text("\n".join(rules.values()), encoding="utf-8")
        run(binary, "rules", "--check", "mine.toml", cwd=folder)
        run(binary, *clean, "after.jsonl", "--rules", "mine.toml", cwd=folder)
        record = json.loads((folder / "after.jsonl").read_text(encoding="utf-8"))
        assert record["removed"] == [], (place, rules, record["removed"])


def check_rules(browser, binary, path, folder):
    """What is copied is a rule that the tool takes, and that does what it says."""
    browser.open(path)
    cuts = browser.js("return [...document.querySelectorAll('.doc del[data-r]')].filter((cut, at) => at % 7 === 0).slice(0, 40)")
    assert len(cuts) == 40
    for action in ["protect", "drop"]:
        rules, wanted = {}, []
        for cut in cuts:
            text = browser.js("return arguments[0].firstChild.data", cut)
            if browser.js("return arguments[0].querySelector('i') !== null", cut) or "\ufffd" in text:
                continue
            name, rule = copied(browser, cut, action)
            rules[name] = rule
            document = browser.js("return arguments[0].closest('.doc').querySelector('.id').textContent", cut)
            wanted.append((document, text.strip(), name))
        mine = folder / f"{action}.toml"
        mine.write_text("\n".join(rules.values()), encoding="utf-8")
        run(binary, "rules", "--check", mine)
        out = folder / f"{action}.jsonl"
        run(binary, "clean", "corpus", "-q", "--emit-text", "--rules", mine, "-o", out, cwd=ROOT)
        records = {record["id"]: record for record in map(json.loads, out.open(encoding="utf-8"))}
        for document, text, rule in wanted:
            record = records[document]
            if action == "protect":
                squeezed = "".join(record["body"].split())
                for line in text.split("\n"):
                    assert "".join(line.split()) in squeezed, (document, line, rules[rule])
            else:
                cut = [removal for removal in record["removed"] if removal["rule"] == rule]
                first = text.split("\n")[0].strip()
                assert any(first in removal["text"] for removal in cut), (document, text, rules[rule])


CONTRAST = """
const luminance = colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const ground = el => { for (; el; el = el.parentElement) { const c = getComputedStyle(el).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
const poor = [];
for (const el of document.querySelectorAll('p, del, .kind, .status, th, td, a, dt, dd, label, summary, code, small, li, h1, h2, caption, button, i')) {
  if (!el.checkVisibility() || !el.textContent.trim()) continue;
  const [a, b] = [luminance(getComputedStyle(el).color), luminance(ground(el))].sort((x, y) => y - x);
  const contrast = (a + .05) / (b + .05);
  if (contrast < 4.5) poor.push([el.tagName, el.className, contrast.toFixed(2)].join(' '));
}
return [...new Set(poor)];
"""


def check_screens(browser, path):
    """Dark, light, wide and narrow: to be read everywhere, and nothing runs off the side."""
    for dark in [False, True]:
        for width in [1280, 390, 320]:
            browser.screen(width, 800, dark)
            browser.open(path)
            browser.js("document.querySelectorAll('details').forEach((el, at) => el.open = at < 12)")
            ground = browser.js("return getComputedStyle(document.body).backgroundColor")
            assert (sum(json.loads("[" + ground[4:-1] + "]")) < 200) == dark, ground
            poor = browser.js(CONTRAST)
            assert not poor, (dark, width, poor)
            wide = browser.js("return document.documentElement.scrollWidth")
            assert wide <= width, (dark, width, wide)
            browser.check_clean()
    browser.screen(1280, 900)


def check_accessible(browser, path):
    """What can be reached has a name, and headings step down one at a time."""
    browser.open(path)
    browser.cdp("Accessibility.enable", {})
    nodes = browser.cdp("Accessibility.getFullAXTree", {})["nodes"]
    wanted = {"button", "combobox", "textbox", "searchbox", "slider", "checkbox", "link", "radio", "image", "img"}
    named = 0
    for node in nodes:
        if not node.get("ignored") and node.get("role", {}).get("value") in wanted:
            named += 1
            assert node.get("name", {}).get("value"), node
    assert named > 20, named
    levels = browser.js("return [...document.querySelectorAll('main h1, main h2, main h3, header h1')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels
    assert browser.js("return document.documentElement.lang") == "en"


def check_print(browser, path):
    """On paper there is nothing to be clicked, and all texts that are open."""
    browser.open(path)
    browser.cdp("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find("#filters").is_displayed() and not browser.find("header nav").is_displayed()
        assert browser.find(".doc[open] .text").is_displayed()
    finally:
        browser.cdp("Emulation.setEmulatedMedia", {"media": ""})


def check_without_scripts(browser, path):
    browser.cdp("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.driver.get(Path(path).resolve().as_uri())
        assert not browser.find("#filters").is_displayed(), "what does not work is not shown"
        assert browser.find(".lead").text and browser.find(".doc .text del").is_displayed()
        closed = browser.driver.find_elements(By.CSS_SELECTOR, ".doc:not([open])")[0]
        closed.find_element(By.CSS_SELECTOR, "summary").click()
        assert closed.get_attribute("open") is not None
        assert browser.find("#mend pre").is_displayed()
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", {"value": False})


KINDS = ["ad", "caption", "credit", "source", "bio", "byline", "date", "title", "share", "promo", "related", "tags", "nav",
         "legal", "comment", "contact", "other"]
HOSTILE = [
    "</div></details><script>window.hit = 1</script>",
    "<img src=x onerror=\"window.hit = 2\">",
    "\"><svg onload=window.hit=3>",
    "' onfocus='window.hit=4' autofocus='",
    "&lt;b&gt; &amp; &#60;",
    "</script><script>window.hit = 5</script>",
    "]]> --> <!-- </style> </textarea> </title> <plaintext>",
    "javascript:window.hit=6",
    "zero \0 and bell \a and escape \x1b[31m",
    "turned \u202e around \u2066 and \u2069 back",
    "\ufeffmarked, and \u200bthin",
    "a" * 3000,
    "עברית والعربية mixed with English",
]


def check_hostile(browser, binary, folder):
    """Whatever a document holds is shown as text, and runs nothing."""
    dump = folder / "hostile.jsonl"
    prose = "The harbour office said on Monday that the ferry will sail again, after three weeks in the dock for repairs."
    with dump.open("w", encoding="utf-8") as lines:
        for number, text in enumerate(HOSTILE):
            lines.write(json.dumps({
                "id": f"{number} {text}", "url": f"https://{number}.example/{text}", "title": f"title {text}",
                "text": f"{prose}\nAdvertisement: {text}\n{prose}\n{text}\nShare this: {text}\nPhoto: {text}\n{prose}\n",
            }) + "\n")
            lines.write(json.dumps({"id": f"bad {text}", "text": None, "url": text}) + "\n")
    name = folder / "<img src=x onerror=alert(1)>.jsonl"
    dump.rename(name)
    rules = folder / "hostile.toml"
    rules.write_text('[[rule]]\nid = "<script>window.hit=7</script>"\nscope = "prefix"\nphrases = ["share this"]\n')
    path = folder / "hostile.html"
    run(binary, "clean", name.name, "-q", "--rules", rules.name, "-o", "hostile.out.jsonl", "--html", path.name, code=1, cwd=folder)
    browser.open(path)
    browser.js("document.querySelectorAll('details').forEach(el => el.open = true)")
    browser.js("document.querySelectorAll('del').forEach(el => { el.focus(); el.click(); document.getElementById('panel').close(); })")
    browser.find("#as-list").click()
    browser.find("#as-list").click()
    time.sleep(0.2)
    assert browser.js("return window.hit") is None
    browser.check_clean()
    assert browser.js("return document.querySelectorAll('script').length") == 1
    assert browser.js("return document.querySelectorAll('img, iframe, object, embed, .doc svg, [onerror], [onload], [onfocus]').length") == 0
    shown = browser.js("return [...document.querySelectorAll('.doc')].map(doc => doc.textContent)")
    assert len(shown) == 2 * len(HOSTILE), len(shown)
    for number, text in enumerate(HOSTILE):
        document = next(doc for doc in shown if f"{number} {text[:4]}" in doc and prose in doc)
        plain = "".join("\ufffd" if ord(c) < 32 or c in "\u202e\u2066\u2069" else c for c in text)
        assert document.count(plain[:200]) >= 4, (number, plain, document)
        assert "\0" not in document and "\u202e" not in document
    # The policy stands, should anything get by: what is put there does not run.
    browser.js("const s = document.createElement('script'); s.textContent = 'window.hit = 8'; document.body.append(s)")
    assert browser.js("return window.hit") is None
    assert "script-src" in str(browser.driver.get_log("browser"))


def check_size(browser, binary, folder):
    """No records make a report large, whatever is in them."""
    kinds = KINDS
    statuses = ["ok", "unchanged", "empty", "not_article", "suspect", "over_limit", "error"]

    def record(number, cuts, rule, text="x"):
        body = "<&>\"'" * 2000
        at, removed = 0, []
        for _ in range(cuts):
            removed.append({"start": at, "end": at + len(text.encode()), "kind": kinds[number % len(kinds)], "rule": rule,
                            "confidence": 1e300 * (number % 3 - 1), "text": text})
            at += len(text.encode()) + 1
        source = "\n".join([text] * cuts + [body])
        return {"id": f"{number}" + "'" * 400, "source": "<" * 400, "url": f"https://{number}.example/" + '"' * 400, "title": "&" * 400,
                "status": statuses[number % len(statuses)], "body": body, "removed": removed, "text": source, "lang": "en",
                "stats": {"chars_in": 2**64 - 1, "chars_body": 2**64 - 1, "segments_kept": 2**64 - 1, "segments_removed": 2**64 - 1}}

    many = [record(number, 3000, f"ad.{number}") for number in range(80)]
    quotes = [record(number, 200, f"ad.{number}" + '"' * 400) for number in range(2500)]
    large = [record(number, 20, f"ad.{number % 7}", "<" * 5000) for number in range(300)]
    for name, records in [("many", many), ("quotes", quotes), ("large", large)]:
        dump, path = folder / f"{name}.jsonl", folder / f"{name}.html"
        dump.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        run(binary, "report", dump, "-o", path)
        dump.unlink()
        assert path.stat().st_size < 5_000_000, (name, path.stat().st_size)
        browser.open(path)
        browser.check_clean()


def check_large(browser, binary, folder):
    """A report of a large run is small and opens at once."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted((ROOT / "corpus/raw").glob("*.txt"))]
    dump = folder / "large.jsonl"
    with dump.open("w", encoding="utf-8") as lines:
        for number in range(LARGE):
            text = texts[number % len(texts)]
            record = {"id": f"document {number}", "url": f"https://site{number % 7000}.example/{number}", "text": f"{text}\n{number}"}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    path = folder / "large.html"
    run(binary, "clean", dump, "-q", "--dry-run", "--html", path)
    dump.unlink()
    size = path.stat().st_size
    assert size < 5_000_000, size
    seconds = sorted(browser.open(path) for _ in range(3))[1]
    assert seconds < 2, seconds
    assert f"{LARGE:,}" in browser.find(".lead").text
    browser.check_clean()
    return f"{LARGE:,} documents: {size / 1e6:.1f} MB, opens in {seconds:.2f} s"


def drive(browser, binary, path, folder):
    browser.open(path)
    browser.check_clean()
    for check in [check_filters, check_search, check_list, check_keys, check_screens, check_accessible, check_print, check_without_scripts]:
        check(browser, path)
        print(f"  {check.__name__}", flush=True)
    browser.check_clean()


def terminal(text):
    """What a terminal of 124 columns shows, as a page."""
    palette = lambda n: "#%02x%02x%02x" % tuple(
        0 if level == 0 else 55 + 40 * level for level in ((n - 16) // 36, (n - 16) // 6 % 6, (n - 16) % 6))
    out, at, room = [], 0, 124
    style = {}
    while at < len(text):
        if text[at] == "\x1b":
            end = text.index("m", at)
            codes = [int(code or 0) for code in text[at + 2 : end].split(";")]
            while codes:
                code = codes.pop(0)
                match code:
                    case 0: style = {}
                    case 1: style["font-weight"] = "bold"
                    case 9: style["text-decoration"] = "line-through"
                    case 90: style["color"] = "#8a9199"
                    case 38 if codes[:1] == [5]:
                        style["color"] = palette(codes[1])
                        codes = codes[2:]
            at = end + 1
            continue
        if text[at] == "\n":
            out.append("\n")
            at, room = at + 1, 124
            continue
        end = min(found for found in (text.find("\x1b", at), text.find("\n", at), len(text)) if found >= 0)
        css = ";".join(f"{key}:{value}" for key, value in style.items())
        shown = text[at:end] if end - at <= room else text[at : at + max(room - 1, 0)] + "…" * (room > 0)
        out.append(f'<span style="{css}">{html.escape(shown)}</span>')
        at, room = end, room - len(shown)
    return ("<!doctype html><meta charset=utf-8><body style='margin:0;background:#fdfdfb'><pre style='margin:0;padding:16px;"
            "display:inline-block;font:14px/1.5 \"DejaVu Sans Mono\",monospace;color:#1d1f21'>" + "".join(out) + "</pre>")


def pictures(browser, binary, folder, where):
    where.mkdir(parents=True, exist_ok=True)
    out = folder / "cleaned"
    run(binary, "clean", "corpus/raw", *sorted(ROOT.glob("corpus/pages/*/page.html")), "-q", "-o", out, cwd=ROOT)
    browser.screen(1120, 1040)
    browser.open(out / "report.html")
    browser.driver.save_screenshot(str(where / "report.png"))
    browser.screen(1120, 820, dark=True)
    browser.open(out / "report.html")
    document = "news/heron-airport.txt"
    browser.js("document.querySelectorAll('.doc').forEach(doc => doc.open = doc.textContent.includes(arguments[0]));"
               "document.querySelector('.doc[open]').scrollIntoView();"
               "document.querySelector('.doc[open] del[data-r]').focus({preventScroll: true})", document)
    time.sleep(0.2)
    browser.driver.save_screenshot(str(where / "document.png"))
    browser.screen(1280, 900)
    for name, command in [("explain", ["explain", f"corpus/raw/{document}"]), ("why", ["explain", f"corpus/raw/{document}", "--why", "12"])]:
        shown = subprocess.run([binary, *command], cwd=ROOT, capture_output=True, text=True, check=True,
                               env={"CLICOLOR_FORCE": "1", "TERM": "xterm-256color", "PATH": "/usr/bin:/bin"}).stdout
        page = folder / f"{name}.html"
        page.write_text(terminal(f"$ cleancopy {' '.join(command)}\n" + shown), encoding="utf-8")
        browser.driver.get(page.as_uri())
        browser.find("pre").screenshot(str(where / f"{name}.png"))
    print(f"pictures in {where}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    args = parser.parse_args()
    binary = str(Path(args.binary).resolve())
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if args.pictures:
                return pictures(browser, binary, folder, args.pictures)
            run(binary, "clean", "corpus", "-q", "-o", folder / "corpus", cwd=ROOT)
            report = folder / "corpus/report.html"
            print("the corpus", flush=True)
            drive(browser, binary, report, folder)
            check_rules(browser, binary, report, folder)
            check_long_rules(browser, binary, folder)
            print("  check_rules", flush=True)
            run(binary, "clean", "corpus", "-q", "--emit-text", "-o", folder / "corpus.jsonl", cwd=ROOT)
            run(binary, "report", folder / "corpus.jsonl", "-o", folder / "again.html")
            same = [(folder / "again.html").read_text(encoding="utf-8"), report.read_text(encoding="utf-8")]
            assert same[0] == same[1], "records give the report that the run gave"
            for real in ["dumps-dev.jsonl.gz", "pages-dev.jsonl.zst"]:
                if (args.data / real).is_file():
                    print(real, flush=True)
                    path = folder / f"{real}.html"
                    run(binary, "clean", args.data / real, "-q", "--dry-run", "--html", path)
                    drive(browser, binary, path, folder)
            check_hostile(browser, binary, folder)
            print("hostile texts are text", flush=True)
            check_size(browser, binary, folder)
            print("no records make it large", flush=True)
            print(check_large(browser, binary, folder), flush=True)
    finally:
        browser.driver.quit()


main()
