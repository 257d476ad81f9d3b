//! The report as one HTML file.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::excerpt::{Cut, Part, Shown};
use super::markup::{Text, percent};
use super::plot;
use super::sample::{Around, Example, Sample};
use crate::output::{Count, Summary, Totals, thousands};
use crate::{Kind, Status};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Rows of a table that are seen at once.
const ROWS: usize = 12;
/// So many bytes of rules.
const RULES: usize = 1_000_000;
/// Doubtful cuts that are seen at once.
const DOUBTFUL: usize = 15;
/// Documents that are open, the first of which something was cut.
const OPEN: usize = 3;
/// Errors that are named.
const FAULTS: usize = 20;

/// The report of a run: its counts, and what of it is shown. One HTML file that needs no other.
#[must_use]
pub fn html(summary: &Summary, sample: &Sample) -> String {
    let mut choices = BTreeSet::new();
    for shown in sample.shown() {
        choices.insert(("status", shown.status.name().to_owned()));
        choices.extend(shown.site().map(|site| ("site", site)));
        choices.extend(shown.lang.clone().map(|lang| ("lang", lang)));
        for cut in shown.shown_cuts() {
            choices.extend([("kind", cut.kind.name().to_owned()), ("rule", cut.rule.clone())]);
        }
    }
    let mut page = Page { out: String::with_capacity(1 << 20), summary, sample, choices };
    page.head();
    page.overview();
    page.doubtful();
    page.rules();
    page.documents();
    page.how_to();
    page.end();
    page.out
}

struct Page<'r> {
    out: String,
    summary: &'r Summary,
    sample: &'r Sample,
    /// What the filters of the documents can be set to.
    choices: BTreeSet<(&'static str, String)>,
}

/// Appends to the page. Writing to a string does not fail.
macro_rules! put {
    ($page:expr, $($what:tt)*) => { _ = write!($page.out, $($what)*) };
}

impl Page<'_> {
    fn head(&mut self) {
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
        let (style, script) = (hash(STYLE), hash(SCRIPT));
        put!(
            self,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; \
             script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>cleancopy report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#documents\">Skip to the documents</a>\n\
             <header>\n<h1>cleancopy <span>report</span></h1>\n<nav aria-label=\"Parts of the report\">\
             <a href=\"#overview\">Overview</a> <a href=\"#doubtful\">Doubtful cuts</a> <a href=\"#rules\">Rules</a> \
             <a href=\"#documents\">Documents</a> <a href=\"#mend\">Mend a cut</a></nav>\n</header>\n<main>\n"
        );
    }

    fn overview(&mut self) {
        let summary = self.summary;
        let removed = summary.removed();
        put!(
            self,
            "<section id=\"overview\" aria-labelledby=\"overview-title\"><h2 id=\"overview-title\">Overview</h2>\n"
        );
        let rules = summary.rules();
        put!(
            self,
            "<p class=\"lead\"><strong>{}</strong> of {} characters in {} were cut: {} by {}.",
            percent(removed.characters, summary.characters_in),
            thousands(summary.characters_in),
            counted(summary.documents, "document"),
            counted(removed.count, "cut"),
            counted(rules.len() as u64, "rule"),
        );
        if let Some((rule, count)) = rules.first() {
            put!(self, " The rule that cut most often is <code>{}</code>", Text(rule));
            put!(self, " ({}, {} characters).", counted(count.count, "cut"), thousands(count.characters));
        }
        put!(self, "</p>\n<dl class=\"tiles\">");
        let (kept, cut) = summary.segments();
        for (name, value) in [
            ("documents", thousands(summary.documents)),
            ("characters in", thousands(summary.characters_in)),
            ("characters cut", thousands(removed.characters)),
            ("characters kept", thousands(summary.characters_in.saturating_sub(removed.characters))),
            ("segments kept", thousands(kept)),
            ("segments cut", thousands(cut)),
            ("errors", thousands(summary.status(Status::Error))),
        ] {
            put!(self, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
        put!(self, "</dl>\n<div class=\"plots\">\n");
        self.statuses();
        self.kinds();
        self.shares();
        self.groups("Sites", "by the host of the address", ("site", "site"), summary.sites().iter().collect());
        self.groups("Languages", "as documents say", ("lang", "language"), summary.langs().iter().collect());
        put!(self, "</div>\n");
        self.faults();
        put!(self, "</section>\n");
    }

    fn statuses(&mut self) {
        if self.summary.documents == 0 {
            return;
        }
        let most = Status::ALL.iter().map(|status| self.summary.status(*status)).max().unwrap_or(0);
        self.table("How documents ended", "", &["status", "", "documents", "share"]);
        for status in Status::ALL {
            let count = self.summary.status(status);
            if count == 0 {
                continue;
            }
            let (name, bar) = (status.name(), plot::bar(count, most, "plain"));
            let share = percent(count, self.summary.documents);
            self.row("status", name, "");
            put!(self, "<td>{bar}</td><td>{}</td><td>{share}</td></tr>", thousands(count));
        }
        self.end_table(0);
    }

    fn kinds(&mut self) {
        let all = self.summary.removed().characters;
        let mut kinds: Vec<_> = self.summary.kinds().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(count.characters));
        let most = kinds.first().map_or(0, |(_, count)| count.characters);
        if kinds.is_empty() {
            return;
        }
        self.table("What was cut", "", &["kind", "", "cuts", "characters", "share of all cut"]);
        for (kind, count) in kinds {
            let (name, bar) = (kind.name(), plot::bar(count.characters, most, kind.name()));
            self.row("kind", name, &format!("kind {name}"));
            put!(self, "<td>{bar}</td><td>{}</td>", thousands(count.count));
            put!(self, "<td>{}</td><td>{}</td></tr>", thousands(count.characters), percent(count.characters, all));
        }
        self.end_table(0);
    }

    fn shares(&mut self) {
        let shares = self.summary.shares();
        if shares.iter().all(|count| *count == 0) {
            return;
        }
        let svg = plot::histogram(shares);
        put!(self, "<figure class=\"plot\"><figcaption>How much of a document was cut</figcaption>{svg}");
        let most = self.summary.most_cut();
        if !most.is_empty() {
            put!(self, "<details class=\"more\"><summary>The documents most cut</summary><ol class=\"most\">");
            for document in most {
                let share = percent((document.share * 10_000.0).round() as u64, 10_000);
                put!(self, "<li>{share}, {} characters: ", thousands(document.characters));
                self.name(&document.id, &document.source);
                put!(self, "</li>");
            }
            put!(self, "</ol></details>");
        }
        put!(self, "</figure>\n");
    }

    /// Sites or languages, those with the most documents first.
    fn groups(
        &mut self,
        title: &str,
        how: &str,
        (filter, column): (&'static str, &str),
        mut groups: Vec<(&String, &Totals)>,
    ) {
        if groups.is_empty() {
            return;
        }
        groups.sort_by(|a, b| b.1.documents.cmp(&a.1.documents).then(b.1.cuts.cmp(&a.1.cuts)).then(a.0.cmp(b.0)));
        let more = groups.len().saturating_sub(ROWS);
        self.table(title, how, &[column, "documents", "cuts", "", "characters cut"]);
        for (name, totals) in groups.into_iter().take(ROWS) {
            let bar = plot::bar(totals.characters_cut, totals.characters_in, "plain");
            self.row(filter, name, "");
            put!(self, "<td>{}</td><td>{}</td>", thousands(totals.documents), thousands(totals.cuts));
            put!(self, "<td>{bar}</td><td>{}</td></tr>", percent(totals.characters_cut, totals.characters_in));
        }
        self.end_table(more);
    }

    fn table(&mut self, title: &str, how: &str, columns: &[&str]) {
        put!(self, "<div class=\"plot\"><table><caption>{title}");
        if !how.is_empty() {
            put!(self, " <small>{how}</small>");
        }
        put!(self, "</caption><thead><tr>");
        for column in columns {
            match *column {
                "" => put!(self, "<td></td>"),
                name => put!(self, "<th scope=\"col\">{name}</th>"),
            }
        }
        put!(self, "</tr></thead><tbody>");
    }

    /// Begins a row by what it is of; a link to the documents that show it, if any in the report do.
    fn row(&mut self, filter: &'static str, name: &str, class: &str) {
        put!(self, "<tr><th scope=\"row\">");
        if self.choices.contains(&(filter, name.to_owned())) {
            put!(
                self,
                "<a class=\"{class}\" href=\"#documents\" data-set=\"{filter}\" data-to=\"{0}\">{0}</a>",
                Text(name)
            );
        } else {
            put!(self, "<span class=\"{class}\">{}</span>", Text(name));
        }
        put!(self, "</th>");
    }

    fn end_table(&mut self, more: usize) {
        put!(self, "</tbody></table>");
        if more > 0 {
            put!(self, "<p class=\"note\">and {} more</p>", thousands(more as u64));
        }
        put!(self, "</div>\n");
    }

    fn faults(&mut self) {
        let faults = &self.summary.faults;
        if faults.is_empty() {
            return;
        }
        put!(self, "<h3>Documents that could not be read</h3>\n<ul class=\"faults\">");
        for fault in faults.iter().take(FAULTS) {
            put!(self, "<li>");
            self.name(&fault.id, &fault.source);
            if let Some(byte) = fault.byte {
                put!(self, " <small>(from byte {byte})</small>");
            }
            put!(self, ": <span dir=\"auto\">{}</span></li>", Text(&fault.error));
        }
        put!(self, "</ul>");
        let more = self.summary.status(Status::Error).saturating_sub(faults.len().min(FAULTS) as u64);
        if more > 0 {
            put!(self, "<p class=\"note\">and {} more</p>", thousands(more));
        }
    }

    /// The id of a document, and the file if that is not clear from it.
    fn name(&mut self, id: &str, source: &str) {
        put!(self, "<bdi class=\"id\">{}</bdi>", Text(id));
        if !id.starts_with(source) {
            put!(self, " <small>in <bdi>{}</bdi></small>", Text(source));
        }
    }

    fn doubtful(&mut self) {
        put!(
            self,
            "<section id=\"doubtful\" aria-labelledby=\"doubtful-title\"><h2 id=\"doubtful-title\">Doubtful cuts</h2>\n"
        );
        let doubtful = self.sample.doubtful();
        if doubtful.is_empty() {
            put!(self, "<p>Nothing was cut.</p></section>\n");
            return;
        }
        put!(
            self,
            "<p>Of all cuts of the run those that the judge is least sure of, these first; of two that are as sure, the \
             longer. If body text was lost, it is most likely here. What was cut beside them is <s>struck through</s> too.</p>\n<ol class=\"examples\">"
        );
        for (at, example) in doubtful.iter().enumerate() {
            if at == DOUBTFUL {
                let more = doubtful.len() - at;
                put!(self, "</ol><details class=\"more\"><summary>{more} more</summary>");
                put!(self, "<ol class=\"examples\" start=\"{}\">", at + 1);
            }
            put!(self, "<li>");
            self.example(example);
            put!(self, "</li>\n");
        }
        put!(self, "</ol>{}</section>\n", if doubtful.len() > DOUBTFUL { "</details>" } else { "" });
    }

    /// A cut and what stood around it.
    fn example(&mut self, example: &Example) {
        let Example { kind, rule, confidence, id, .. } = example;
        put!(self, "<p class=\"said\"><span class=\"kind {kind}\">{kind}</span> <b>{confidence:.2}</b> ");
        put!(self, "<code>{}</code> ", Text(rule));
        if self.sample.shows(example.number) {
            put!(self, "<a href=\"#d{}\" class=\"id\"><bdi>{}</bdi></a></p>", example.number, Text(id));
        } else {
            put!(self, "<bdi class=\"id\">{}</bdi></p>", Text(id));
        }
        put!(self, "<p class=\"text\">");
        self.around(&example.before);
        let more = example.characters.saturating_sub(example.text.chars().count());
        self.mark(*kind, rule, *confidence, example.within, &example.text, more);
        self.around(&example.after);
        put!(self, "</p>");
    }

    fn around(&mut self, around: &[Around]) {
        for Around { cut, text } in around {
            match cut {
                true => put!(self, "<s>{}</s>", Text(text)),
                false => put!(self, "{}", Text(text)),
            }
        }
    }

    fn cut(&mut self, cut: &Cut) {
        self.mark(cut.kind, &cut.rule, cut.confidence, cut.within, &cut.text, cut.more);
    }

    /// A cut, struck through, with all that is known of it.
    fn mark(&mut self, kind: Kind, rule: &str, confidence: f64, within: bool, text: &str, more: usize) {
        put!(self, "<del class=\"{kind}\" tabindex=\"0\" data-k=\"{kind}\" data-r=\"{}\" ", Text(rule));
        put!(self, "data-c=\"{confidence:.2}\"");
        if within {
            put!(self, " data-w");
        }
        if more > 0 {
            put!(self, " data-more=\"{more}\"");
        }
        put!(self, ">{}", Text(text));
        if more > 0 {
            put!(self, "<i>… {} more</i>", counted(more as u64, "character"));
        }
        put!(self, "</del>");
    }

    fn rules(&mut self) {
        let rules = self.summary.rules();
        if rules.is_empty() {
            return;
        }
        let most = rules.first().map_or(0, |(_, count)| count.count);
        put!(
            self,
            "<section id=\"rules\" aria-labelledby=\"rules-title\"><h2 id=\"rules-title\">Rules</h2>\n<p>By the number of \
             cuts, each with its most doubtful one. <code>cleancopy rules --list</code> says what they look for.</p>\n"
        );
        const HEAD: &str = "<table class=\"wide\"><thead><tr><th scope=\"col\">rule</th><td></td><th scope=\"col\">cuts</th>\
                            <th scope=\"col\">characters</th><th scope=\"col\">its most doubtful cut</th></tr></thead><tbody>\n";
        put!(self, "{HEAD}");
        let begun = self.out.len();
        // Where those that are seen at once end, and how many rows there are in all.
        let (mut first, mut rows) = (None, 0);
        for (rule, count) in &rules {
            if rows == ROWS {
                first = Some(self.out.len());
            }
            if self.out.len() - begun > RULES {
                break;
            }
            rows += 1;
            self.rule(rule, *count, most);
        }
        put!(self, "</tbody></table>");
        if let Some(at) = first {
            let more = format!("</tbody></table><details class=\"more\"><summary>{} more</summary>{HEAD}", rows - ROWS);
            self.out.insert_str(at, &more);
            put!(self, "</details>");
        }
        if rows < rules.len() {
            put!(
                self,
                "<p class=\"note\">and {} more, for which there is no room</p>",
                thousands((rules.len() - rows) as u64)
            );
        }
        put!(self, "</section>\n");
    }

    fn rule(&mut self, rule: &str, count: Count, most: u64) {
        let example = self.sample.of_rule(rule);
        let bar = plot::bar(count.count, most, example.map_or("plain", |example| example.kind.name()));
        self.row("rule", rule, "");
        put!(self, "<td>{bar}</td><td>{}</td>", thousands(count.count));
        put!(self, "<td>{}</td><td class=\"text\">", thousands(count.characters));
        if let Some(example) = example {
            let confidence = example.confidence;
            let text = super::excerpt::clip(&example.text, 120);
            let more = if text.len() < example.text.len() { "…" } else { "" };
            put!(self, "<b>{confidence:.2}</b> <bdi>{}{more}</bdi>", Text(text));
        }
        put!(self, "</td></tr>\n");
    }

    fn documents(&mut self) {
        let shown: Vec<&Shown> = self.sample.shown().collect();
        let (documents, unknown) = self.sample.documents();
        put!(
            self,
            "<section id=\"documents\" aria-labelledby=\"documents-title\"{}><h2 \
             id=\"documents-title\">Documents</h2>\n<p>",
            if shown.len() as u64 == documents { "" } else { " data-sampled" }
        );
        if shown.len() as u64 == documents {
            put!(self, "All {} of the run", counted(documents, "document"));
        } else {
            put!(self, "{} of {}, ", counted(shown.len() as u64, "document"), thousands(documents));
            put!(
                self,
                "chosen so that every status and kind and, while there is room, every rule and language is seen, "
            );
            put!(self, "and others drawn at random");
        }
        put!(self, ": the source text, with what was cut <del class=\"other\" data-k=\"kind\">struck through</del>. ");
        put!(
            self,
            "Point at a cut, or tap it, to see its rule and how sure the judge is. Long texts are shortened.</p>\n"
        );
        if unknown > 0 {
            put!(
                self,
                "<p class=\"note\">Of {} the text is not known: they were written ",
                counted(unknown, "document")
            );
            put!(self, "without <code>--emit-text</code>, by an old version or another program.</p>\n");
        }
        self.filters();
        put!(self, "<ol id=\"list\" hidden></ol>\n<div id=\"all\">\n");
        let mut open = OPEN;
        for document in shown {
            let is_open = open > 0 && document.cuts > 0;
            open -= usize::from(is_open);
            self.document(document, is_open);
        }
        put!(self, "</div></section>\n");
    }

    /// What the script makes work, and shows.
    fn filters(&mut self) {
        put!(self, "<form id=\"filters\" role=\"search\" hidden>");
        for (id, name) in
            [("kind", "kind"), ("rule", "rule"), ("status", "status"), ("site", "site"), ("lang", "language")]
        {
            put!(self, "<label>{name} <select id=\"{id}\"><option value=\"\">all</option></select></label> ");
        }
        put!(
            self,
            "<label>confidence up to <input id=\"confidence\" type=\"range\" min=\"0\" max=\"1\" step=\"0.01\" value=\"1\"> \
             <output id=\"at-most\">1.00</output></label> \
             <label>search <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label> \
             <label><input id=\"as-list\" type=\"checkbox\"> cuts as a list, the least sure first</label> \
             <button type=\"reset\">clear</button>\
             <p id=\"found\" role=\"status\"></p>\
             <p class=\"note\">Keys: <kbd>/</kbd> to search, <kbd>n</kbd> and <kbd>p</kbd> for the next and previous cut, \
             <kbd>Enter</kbd> on a cut for a rule.</p></form>\n"
        );
    }

    fn document(&mut self, document: &Shown, open: bool) {
        let Shown { number, status, .. } = document;
        let site = document.site();
        put!(self, "<details class=\"doc\" id=\"d{number}\" data-status=\"{}\"", status.name());
        if let Some(site) = &site {
            put!(self, " data-site=\"{}\"", Text(site));
        }
        if let Some(lang) = &document.lang {
            put!(self, " data-lang=\"{}\"", Text(lang));
        }
        put!(self, "{}><summary>", if open { " open" } else { "" });
        let (all, cut) = document.characters;
        put!(self, "<span class=\"status {0}\">{0}</span> ", status.name());
        let title = document.title.as_deref().filter(|title| !title.trim().is_empty());
        put!(self, "<bdi class=\"title\">{}</bdi> ", Text(title.unwrap_or(&document.id)));
        put!(
            self,
            "<small>{} cut, {}</small></summary>\n",
            percent(cut as u64, all as u64),
            counted(document.cuts as u64, "cut")
        );
        put!(self, "<p class=\"where\">");
        self.name(&document.id, &document.source);
        if let Some(url) = document.url.as_deref().filter(|url| !url.is_empty() && !document.id.contains(url)) {
            put!(self, " <bdi>{}</bdi>", Text(url));
        }
        put!(self, "</p>");
        if let Some(error) = &document.error {
            put!(self, "<p class=\"error\" dir=\"auto\">{}</p>", Text(error));
        }
        if !document.parts.is_empty() {
            put!(self, "<div class=\"text\">");
            for part in &document.parts {
                match part {
                    Part::Kept(text) => put!(self, "{}", Text(text)),
                    Part::Cut(cut) => self.cut(cut),
                    Part::Gap(gap) => put!(self, "<i> … {} kept … </i>", counted(*gap as u64, "character")),
                    Part::Rest(rest, cuts) => {
                        put!(self, "<i> … {} more", counted(*rest as u64, "character"));
                        put!(self, ", in which there are {} … </i>", counted(*cuts as u64, "cut"));
                    }
                }
            }
            put!(self, "</div>");
        }
        put!(self, "</details>\n");
    }

    fn how_to(&mut self) {
        put!(
            self,
            "<section id=\"mend\" aria-labelledby=\"mend-title\"><h2 id=\"mend-title\">Mend a cut</h2>\n\
             <p>To keep a phrase that was cut, or to cut one that was kept, write a rule of your own, which wins over all \
             others. Choose a cut above and press <kbd>Enter</kbd>, click or tap, and where scripts may run it is \
             written for you. Or write it yourself:</p>\n\
             <pre># mine.toml\n[[rule]]\nid = \"other.keep_source\"\nscope = \"contains\"       # any line that holds the \
             phrase; \"line\" if the phrase is all of it\naction = \"protect\"       # without this line it is cut\n\
             phrases = [\"source: the harbour office\"]</pre>\n\
             <pre>cleancopy rules --check mine.toml\ncleancopy clean dumps/ -o cleaned --rules mine.toml</pre>\n\
             <p>A whole kind is kept by <code>--keep KIND</code>; <code>--mode precise</code> cuts less of everything, \
             <code>--min-confidence 0.8</code> only what the judge is that sure of. <code>cleancopy explain FILE --why \
             N</code> says what spoke for and against the N-th segment of a document.</p></section>\n"
        );
    }

    fn end(&mut self) {
        put!(
            self,
            "</main>\n<dialog id=\"panel\" aria-labelledby=\"panel-title\"><h2 id=\"panel-title\"></h2>\
             <p id=\"panel-said\"></p><blockquote id=\"panel-text\" dir=\"auto\"></blockquote>\
             <fieldset><legend>A rule for your own file</legend>\
             <label><input type=\"radio\" name=\"action\" value=\"protect\" checked> keep such lines</label> \
             <label><input type=\"radio\" name=\"action\" value=\"drop\"> cut such lines</label></fieldset>\
             <label for=\"panel-rule\" class=\"unseen\">The rule</label>\
             <textarea id=\"panel-rule\" readonly rows=\"8\" spellcheck=\"false\"></textarea>\
             <p id=\"panel-note\" class=\"note\"></p><p><button id=\"copy\" type=\"button\">Copy the rule</button> \
             <button id=\"close\" type=\"button\">Close</button> <span id=\"copied\" role=\"status\"></span></p></dialog>\n\
             <footer>made by cleancopy {}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// A number of things.
fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(count), if count == 1 { "" } else { "s" })
}
