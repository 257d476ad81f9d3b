//! Pages that nobody wrote for readers: broken, generated, or made to cost as much as they can.
//!
//! Work and memory are bounded by the length of a page, whatever is in it. Three things are tested
//! of each page of the list, which is made to any size: that it costs no more than its length, that
//! what comes of it obeys the partition law, and that the article beside the mess is still there.
//!
//! ```text
//! cargo test --test hostile                                       small, and growth compared
//! cargo test --release --test hostile                             full size, against the clock
//! CLEANCOPY_HOSTILE=DIR cargo test --release --test hostile       the same, and write the pages
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cleancopy::{Cleaned, Cleaner, Config, Status};

/// What a page of the list holds beside the mess.
const ARTICLE: &str = "<p>The harbour office at Vennby has bought a second bell, which will be rung when the first \
                       one is being mended, it said on Thursday. The bell was cast in the town, weighs four \
                       hundred kilos, and has not been rung so far, because the first one does not break.</p>";
/// What of it has to be in the body.
const SENTENCE: &str = "The harbour office at Vennby has bought a second bell, which will be rung when the first \
                        one is being mended, it said on Thursday.";

/// A page of any size.
struct Page {
    name: &'static str,
    /// Makes the mess, of so many pieces.
    mess: fn(usize) -> String,
    /// How many pieces make a page that would hurt.
    pieces: usize,
    place: Place,
}

/// Where the article stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Behind the mess.
    Behind,
    /// Before the mess, which hides the rest of the page in every browser.
    Before,
    /// There is none, so that it is looked for in the mess.
    Nowhere,
}

impl Page {
    fn html(&self, pieces: usize) -> String {
        let mess = (self.mess)(pieces);
        match self.place {
            Place::Behind => format!("<!doctype html><title>A second bell</title>{mess}{ARTICLE}"),
            Place::Before => format!("<!doctype html><title>A second bell</title>{ARTICLE}{mess}"),
            Place::Nowhere => format!("<!doctype html><title>A second bell</title>{mess}"),
        }
    }
}

const fn page(name: &'static str, pieces: usize, mess: fn(usize) -> String) -> Page {
    Page { name, mess, pieces, place: Place::Behind }
}

/// A page of which the mess hides what stands behind it.
const fn hiding(name: &'static str, pieces: usize, mess: fn(usize) -> String) -> Page {
    Page { name, mess, pieces, place: Place::Before }
}

/// A page that is nothing but the mess.
const fn bare(name: &'static str, pieces: usize, mess: fn(usize) -> String) -> Page {
    Page { name, mess, pieces, place: Place::Nowhere }
}

/// One piece after the other, each made from its number.
fn numbered(n: usize, piece: impl Fn(&mut String, usize)) -> String {
    let mut html = String::new();
    for at in 0..n {
        piece(&mut html, at);
    }
    html
}

macro_rules! pieces {
    ($n:expr, $($format:tt)*) => { numbered($n, |html, n| { let _ = write!(html, $($format)*, n = n); }) };
}

const PAGES: &[Page] = &[
    // Nested.
    page("lists", 64_000, |n| "<ul><li>".repeat(n)),
    page("divs", 500_000, |n| "<div>".repeat(n)),
    page("closed-divs", 200_000, |n| "<div>".repeat(n) + &"</div>".repeat(n)),
    page("tables", 40_000, |n| "<table><tr><td>".repeat(n)),
    page("tables-with-text", 40_000, |n| "<table><tr><td>a<td>b".repeat(n)),
    page("spans", 20_000, |n| pieces!(n, "<span class=x>word {n} ")),
    page("articles", 10_000, |n| "<article>".repeat(n)),
    page("articles-with-text", 10_000, |n| "<article><p>Two words".repeat(n)),
    page("templates", 50_000, |n| "<template>".repeat(n) + &"</template>".repeat(n)),
    hiding("open-templates", 50_000, |n| "<template>".repeat(n)),
    page("drawings", 50_000, |n| "<svg>".repeat(n)),
    page("drawings-in-groups", 50_000, |n| "<svg><g>".repeat(n)),
    hiding("drawings-and-pages", 50_000, |n| "<svg><foreignObject><div>".repeat(n)),
    hiding("drawings-with-titles", 50_000, |n| "<svg><title><svg>".repeat(n)),
    page("formulas", 50_000, |n| "<math><mrow>".repeat(n)),
    page("formulas-and-pages", 50_000, |n| "<math><mtext><p>".repeat(n)),
    page("annotations", 50_000, |n| "<math><annotation-xml encoding=text/html><p>x".repeat(n)),
    page("custom", 50_000, |n| "<x-a>".repeat(n)),
    page("custom-with-text", 50_000, |n| "a <x-a>".repeat(n)),
    page("rubies", 50_000, |n| "<ruby>a<rt>b".repeat(n)),
    page("quotes", 50_000, |n| "<blockquote><p>x".repeat(n)),
    page("definitions", 50_000, |n| "<dl><dt>a<dd>".repeat(n)),
    page("forms", 50_000, |n| "<form><fieldset>".repeat(n)),
    page("objects", 50_000, |n| "<object><marquee>".repeat(n)),
    page("buttons", 50_000, |n| "<button>x".repeat(n)),
    // Never closed, or closed and never opened.
    page("bold-italics", 100_000, |n| "<b><i>".repeat(n)),
    page("paragraphs-in-bold", 5_000, |n| pieces!(n, "<b id=x{n}><p>")),
    page("paragraphs-in-all", 20_000, |n| pieces!(n, "<b id=x{n}><i id=x{n}><a id=x{n}><font id=x{n}><p>x")),
    page("bold-closed-late", 100_000, |n| {
        let bold = pieces!(48, "<b id=x{n}>");
        bold + "<div>" + &"<br>x".repeat(n) + &"</b>".repeat(48) + "</div>"
    }),
    page("misnested", 100_000, |n| "<b><div>x</b></div>".repeat(n)),
    page("links", 100_000, |n| pieces!(n, "<a href=/{n}>")),
    page("links-with-text", 100_000, |n| pieces!(n, "<a href=/{n}>Go to {n}")),
    page("no-breaks", 100_000, |n| "<nobr>x".repeat(n)),
    page("ends", 100_000, |n| "</p></br>".repeat(n)),
    page("ends-of-nothing", 300_000, |n| "</i></div></x></li>".repeat(n)),
    page("ends-in-the-deep", 300_000, |n| "<div>".repeat(600) + &"</i>".repeat(n)),
    page("ends-in-deep-spans", 6_000_000, |n| "<span>".repeat(500) + &"</x>".repeat(n) + &"</span>".repeat(500)),
    page("ends-and-starts-in-the-deep", 2_000_000, |n| "<div>".repeat(600) + &"</x><div>".repeat(n)),
    page("paragraphs-in-deep-spans", 1_000_000, |n| "<span class=x>".repeat(500) + &"<p>x".repeat(n)),
    page("blocks-in-deep-spans", 190_000, |n| "<span class=x>".repeat(500) + &"<div>x</div>".repeat(n)),
    page("paragraphs-in-the-deep", 190_000, |n| "<div>".repeat(600) + &"<p>".repeat(n)),
    page("bold-in-the-deep", 2_000_000, |n| "<div>".repeat(400) + &"<b>x</b>".repeat(n)),
    page("lines-in-deep-spans", 190_000, |n| "<span class=x>".repeat(600) + &"x<br>".repeat(n)),
    page("items-in-the-deep", 190_000, |n| "<ul><li>".repeat(250) + &"<li>x".repeat(n)),
    page("foster-children", 100_000, |n| "<table>".to_owned() + &"a word <b>x</b>".repeat(n) + "</table>"),
    page("foster-lines", 100_000, |n| "<table>".to_owned() + &"<tr>word".repeat(n) + "</table>"),
    page("bodies", 100_000, |n| pieces!(n, "<body class=x{n} id=y{n}><html lang=x{n}>")),
    // Side by side.
    page("short-paragraphs", 200_000, |n| "<p>Two words</p>".repeat(n)),
    page("fewer-short-paragraphs", 190_000, |n| "<p>Two words</p>".repeat(n)),
    page("paragraphs", 20_000, |n| {
        pieces!(n, "<p>On day {n} the bell hung in its place again and was not rung by anyone, she said.</p>")
    }),
    page("lines", 300_000, |n| "<br>".repeat(n)),
    page("lines-of-a-word", 190_000, |n| "word<br>".repeat(n)),
    page("images", 300_000, |n| "<img src=x alt=y>".repeat(n)),
    page("options", 100_000, |n| format!("<select>{}</select>", pieces!(n, "<option>Land {n}"))),
    page("loose-options", 100_000, |n| pieces!(n, "<option>Land {n}")),
    hiding("tables-in-select", 100_000, |n| format!("<select>{}</select>", "<table><tr><td>x".repeat(n))),
    page("junk-in-select", 100_000, |n| format!("<select>{}</select>", "<div><b><optgroup><hr><p>".repeat(n))),
    page("metas", 100_000, |n| pieces!(n, "<meta name=author content='Name {n}'>")),
    page("scripts", 10_000, |n| pieces!(n, "<script>f({n}); // a long enough line</script>")),
    page("titles", 50_000, |n| pieces!(n, "<title>Title {n}</title>")),
    page("headlines", 50_000, |n| pieces!(n, "<h1>Bell number {n} is rung at last</h1>")),
    page("headings-and-words", 50_000, |n| "<h2>Bells</h2><p>Word".repeat(n)),
    page("rows", 100_000, |n| format!("<table>{}</table>", pieces!(n, "<tr><td>{n}<td>bell"))),
    page("rows-of-blocks", 40_000, |n| format!("<table>{}</table>", pieces!(n, "<tr><td><p>{n}<td>a<br>b"))),
    page("one-row", 200_000, |n| format!("<table><tr>{}</table>", "<td>x".repeat(n))),
    page("one-row-of-blocks", 60_000, |n| format!("<table><tr>{}</table>", "<td><p>x".repeat(n))),
    page("one-list", 190_000, |n| format!("<ul>{}</ul>", "<li><a href=x>Bell</a>".repeat(n))),
    page("one-line-of-links", 100_000, |n| format!("<p>{}</p>", "<a href=x>bell</a>, ".repeat(n))),
    page("one-line-of-spans", 100_000, |n| format!("<p>{}</p>", "<span class=x>Bell</span>".repeat(n))),
    page("one-line-of-custom", 100_000, |n| format!("<p>{}</p>", "<x-a>bell</x-a>".repeat(n))),
    page("space-and-custom", 100_000, |n| format!("<div>{}{}</div>", " \n".repeat(n), "<x-a>bell</x-a>".repeat(n / 2))),
    page("ads", 60_000, |n| "<div class=ad>Advertisement</div>".repeat(n)),
    page("sections", 60_000, |n| "<h3>Related articles</h3><p>Photo: Ros Tindle".repeat(n)),
    page("prose-and-junk", 4_000, |n| format!("{ARTICLE}<p>Read more: Bells</p>").repeat(n)),
    page("frames-without-frames", 50_000, |n| "<noframes>x</noframes><noscript>y</noscript>".repeat(n)),
    // Long.
    page("one-text", 30_000_000, |n| "The bell rings. ".repeat(n / 16)),
    page("one-line", 1_900_000, |n| "The bell rings. ".repeat(n / 16)),
    page("one-word", 1_900_000, |n| "bell".repeat(n / 4)),
    page("one-text-of-brackets", 1_900_000, |n| "(Photo: (".repeat(n / 9)),
    page("one-preformatted", 1_900_000, |n| format!("<pre>{}</pre>", "bell\n".repeat(n / 5))),
    page("angles", 2_000_000, |n| "<".repeat(n)),
    page("ampersands", 2_000_000, |n| "&".repeat(n)),
    page("open-references", 200_000, |n| "&amp&lt&notit&CounterClockwiseContourIntegra".repeat(n)),
    page("references", 1_000_000, |n| "&eacute;&#233;".repeat(n / 2)),
    page("zero-widths", 1_000_000, |n| "\u{200b}".repeat(n)),
    page("bidi-overrides", 300_000, |n| "\u{202e}word \u{202c}".repeat(n)),
    page("hard-spaces", 10_000_000, |n| "&nbsp;".repeat(n / 6) + &"\u{a0}".repeat(n / 2)),
    page("hard-spaces-in-lines", 190_000, |n| "\u{a0}\u{a0}<br>".repeat(n)),
    page("spaces", 20_000_000, |n| " \n".repeat(n / 2)),
    page("nulls", 2_000_000, |n| "The bell rings.\0 ".repeat(n / 17)),
    page("returns", 2_000_000, |n| "\r".repeat(n)),
    page("sections-of-data", 300_000, |n| "<![CDATA[x]]>".repeat(n)),
    page("attributes", 400_000, |n| format!("<p{}>x", pieces!(n, " a{n}={n}"))),
    page("kept-attributes", 400_000, |n| format!("<p{}>x", " class=x id=y".repeat(n))),
    page("one-class", 1_000_000, |n| format!("<p class='{}'>x</p>", "ad ".repeat(n / 3))),
    page("classes", 100_000, |n| pieces!(n, "<p class='word{n} k{n}'>x")),
    page("names", 1_000_000, |n| format!("<p><{}>", "a".repeat(n))),
    page("comments", 200_000, |n| "<!-- - -- -->".repeat(n)),
    page("open-tags", 200_000, |n| "<a <b ".repeat(n) + ">"),
    page("styles", 100_000, |n| "<p style='display:block;color:none'>x".repeat(n)),
    page("json-ld", 10_000_000, |n| {
        let items = pieces!(n / 40, "{{\"@type\":\"Thing\",\"name\":\"Bell {n}\"}},");
        format!("<script type=application/ld+json>[{items}{{}}]</script>")
    }),
    page("open-json-ld", 10_000_000, |n| {
        format!("<script type=application/ld+json>{}</script>", "[".repeat(n / 2) + &"{\"a\":".repeat(n / 10))
    }),
    page("authors", 400_000, |n| "<div rel=author>".repeat(300) + &"<img>".repeat(n) + &"</div>".repeat(300)),
    page("authors-in-a-row", 100_000, |n| pieces!(n, "<a rel=author href=/{n}>Name {n}</a><time>May {n}</time>")),
    // Text is looked for in scripts, in what is hidden, and in what is for readers without scripts.
    bare("state", 1_000_000, |n| {
        let items = pieces!(n / 10, "{{\"id\":{n},\"text\":\"The bell hung in its place again.\"}},");
        format!("<script>window.state = {{\"items\":[{items}{{}}]}}</script>")
    }),
    bare("nested-state", 2_000_000, |n| {
        let (open, close) = ("{\"body\":[".repeat(n / 10), "]}".repeat(n / 10));
        format!("<script type=application/json>{open}\"{}\"{close}</script>", "The bell hung there. ".repeat(20))
    }),
    bare("open-state", 2_000_000, |n| format!("<script>x = {}</script>", "{\"body\":[".repeat(n / 10))),
    bare("state-in-strings", 2_000_000, |n| {
        format!("<script>self.push([1,\"{}\"])</script>", "{\\\"body\\\":\\\"The bell.\\\"},".repeat(n / 25))
    }),
    bare("escapes", 2_000_000, |n| format!("<script>x = {{\"body\":\"{}\"}}</script>", "\\\\".repeat(n / 2))),
    bare("many-states", 20_000, |n| {
        let text = "The bell hung in its place again and was not rung by anyone. ".repeat(8);
        pieces!(n / 10, "<script type=application/json>{{\"body\":\"{n} {text}\"}}</script>", text = text)
    }),
    bare("json-ld-bodies", 20_000, |n| {
        let text = "The bell hung in its place again and was not rung by anyone. ".repeat(8);
        let ld = "<script type=application/ld+json>";
        pieces!(n / 10, "{ld}{{\"@type\":\"Article\",\"articleBody\":\"{n} {text}\"}}</script>", ld = ld, text = text)
    }),
    bare("json-ld-with-tags", 2_000_000, |n| {
        let ld = "<script type=application/ld+json>";
        format!("{ld}{{\"@type\":\"Article\",\"articleBody\":\"{}\"}}</script>", "<p>The <b <!-- bell".repeat(n / 18))
    }),
    bare("broken-json-ld", 2_000_000, |n| {
        let ld = "<script type=application/ld+json>";
        format!("{ld}{{\"@type\":\"Article\",\"articleBody\":\"{}</script>", "a \"bell\" hung, \n".repeat(n / 17))
    }),
    bare("hidden-paragraphs", 100_000, |n| "<p hidden>The bell hung in its place again.".repeat(n)),
    bare("hidden-in-the-deep", 100_000, |n| "<div hidden>x".repeat(n)),
    bare("paragraphs-without-scripts", 50_000, |n| "<noscript><p>The bell hung there.</noscript>".repeat(n)),
    bare("nothing-without-scripts", 100_000, |n| format!("<noscript>{}</noscript>", "<div><b>".repeat(n))),
    // Nothing but the mess is left of the page.
    hiding("open-comment", 2_000_000, |n| "<!-- - ".repeat(n / 7)),
    hiding("open-script", 2_000_000, |n| format!("<script>{}", "<!-- <script> - </script ".repeat(n / 25))),
    hiding("open-style", 2_000_000, |n| format!("<style>{}", "</styl".repeat(n / 6))),
    hiding("open-title", 2_000_000, |n| format!("<title>{}", "</titl".repeat(n / 6))),
    hiding("open-textarea", 2_000_000, |n| format!("<textarea>{}", "</textare".repeat(n / 9))),
    hiding("open-noscript", 2_000_000, |n| format!("<noscript>{}", "</noscrip".repeat(n / 9))),
    hiding("open-quote", 2_000_000, |n| format!("<p class=\"{}", "x ".repeat(n / 2))),
    hiding("open-selects", 100_000, |n| "<select><div>".repeat(n)),
    hiding("frames", 50_000, |n| format!("<frameset>{}", "<frame src=x><frameset>".repeat(n))),
    page("frames-first", 50_000, |n| format!("<frameset>{}<noframes>", "<frame src=x>".repeat(n))),
    page("plain-text", 100_000, |n| format!("<plaintext>{}", "</plaintext>\n".repeat(n))),
];

fn cleaner() -> &'static Cleaner {
    static CLEANER: OnceLock<Cleaner> = OnceLock::new();
    CLEANER.get_or_init(|| Cleaner::new(Config::default()).expect("the built-in rules compile"))
}

/// How long it takes.
fn time(html: &str) -> (Duration, Cleaned<'static>) {
    let begun = Instant::now();
    let cleaned = cleaner().clean_html(html, None);
    (begun.elapsed(), cleaned)
}

/// Every visible character of the source is either in the body or in a cut, in order.
fn law(cleaned: &Cleaned<'_>) -> Result<(), String> {
    let source = cleaned.source();
    let (mut kept, mut at) = (Vec::new(), 0);
    for removal in cleaned.removals() {
        let span = removal.span.clone();
        if span.start < at || span.is_empty() || source.get(span.clone()).is_none() {
            return Err(format!("{span:?} is no sound cut behind {at}"));
        }
        kept.push(&source[at..span.start]);
        at = span.end;
    }
    kept.push(&source[at..]);
    let kept = kept.iter().flat_map(|piece| piece.chars());
    if kept.filter(|c| !c.is_whitespace()).eq(cleaned.body().chars().filter(|c| !c.is_whitespace())) {
        Ok(())
    } else {
        Err("body and source without the cuts differ".to_owned())
    }
}

/// What is wrong with what came of a page.
fn fault(page: &Page, cleaned: &Cleaned<'_>) -> Result<(), String> {
    law(cleaned)?;
    if page.place == Place::Nowhere {
        return Ok(());
    }
    if !matches!(cleaned.status(), Status::Ok | Status::Unchanged | Status::OverLimit) {
        return Err(format!("{:?}", cleaned.status()));
    }
    if !cleaned.body().contains(SENTENCE) {
        return Err("the article is lost".to_owned());
    }
    Ok(())
}

/// Small enough for a build that is not optimised: what costs four times the pieces, costs less than
/// eight times the time.
#[test]
fn a_page_costs_no_more_than_its_length() {
    /// A part of the pieces that hurt.
    const PART: usize = 64;
    /// What is over sooner is not measured.
    const SOON: Duration = Duration::from_millis(150);
    let _ = cleaner();
    let mut faults = String::new();
    for page in PAGES {
        let (small, large) = (page.html(page.pieces / PART), page.html(page.pieces / PART * 4));
        let mut growth = String::new();
        // Others use the machine as well.
        for _ in 0..3 {
            let ((less, _), (more, cleaned)) = (time(&small), time(&large));
            if let Err(fault) = fault(page, &cleaned) {
                let _ = writeln!(faults, "{}: {fault}", page.name);
            } else if more > SOON && more > 8 * less {
                growth = format!("{}: {less:?} becomes {more:?}\n", page.name);
                continue;
            }
            growth.clear();
            break;
        }
        faults.push_str(&growth);
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// In full, against the clock, with some air for machines slower than those of today.
#[test]
#[cfg_attr(debug_assertions, ignore = "only an optimised build is fast enough")]
fn a_page_that_hurts_is_answered_soon() {
    const SOON: Duration = Duration::from_secs(5);
    let folder = std::env::var_os("CLEANCOPY_HOSTILE");
    let _ = cleaner();
    let (mut times, mut faults) = (String::new(), String::new());
    for page in PAGES {
        let html = page.html(page.pieces);
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).expect("a folder for the pages");
            fs::write(Path::new(folder).join(format!("{}.html", page.name)), &html).expect("a page is written");
        }
        let (took, cleaned) = time(&html);
        let _ = writeln!(times, "{took:>12.3?}  {:>10} bytes  {:?}  {}", html.len(), cleaned.status(), page.name);
        if let Err(fault) = fault(page, &cleaned) {
            let _ = writeln!(faults, "{}: {fault}", page.name);
        }
        if took > SOON {
            let _ = writeln!(faults, "{} took {took:?}", page.name);
        }
    }
    assert!(faults.is_empty(), "\n{times}\n{faults}");
}

/// The connection broke.
#[test]
fn a_page_may_end_at_any_byte() {
    /// A build that is not optimised has not the time for every byte of every page.
    const STEP: usize = if cfg!(debug_assertions) { 11 } else { 1 };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages");
    for case in ["odd-unclosed-tags", "odd-template-slot", "web-login-wall", "odd-dl-glossary"] {
        let page = fs::read(corpus.join(case).join("page.html")).expect("a page of the corpus");
        for end in (0..=page.len()).step_by(STEP) {
            // Within a character there is no text to speak of.
            let Ok(html) = str::from_utf8(&page[..end]) else { continue };
            let cleaned = cleaner().clean_html(html, None);
            law(&cleaned).unwrap_or_else(|why| panic!("{case} to byte {end}: {why}"));
            assert_ne!(cleaned.status(), Status::OverLimit, "{case} to byte {end}");
        }
    }
}
