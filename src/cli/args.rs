//! What may be typed, and what it means.

mod files_from;
mod settings;

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use cleancopy::eval::{By, Evaluation};
use cleancopy::input::{Fields, Format, Options};
use cleancopy::output::Form;
use cleancopy::rules::RuleFile;
use cleancopy::sites::{SiteLines, Threshold};
use cleancopy::{Batch, Config, Error, Kind, Mode, Model};

/// Scraped articles in, clean copy out, and a report of everything that was cut.
///
/// Finds ad markers, photo captions and credits, source lines, author bios and every other line
/// that is not the article, cuts them, and says where, what and why.
#[derive(Debug, Parser)]
#[command(name = "cleancopy", version, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Clean articles
    Clean(CleanArgs),
    /// Learn the lines that recur across a site's documents, for clean --site-lines
    Learn(LearnArgs),
    /// Show every segment of one document: kept or cut, kind, rule, confidence
    Explain(ExplainArgs),
    /// Make a report for people of records that clean wrote
    Report(ReportArgs),
    /// Write what the learned judge sees of each segment, for training
    #[command(hide = true)]
    Features(FeaturesArgs),
    /// Give back the source texts of a run, checked against what was cut
    Restore(RestoreArgs),
    /// Score what was cleaned against references
    Eval(EvalArgs),
    /// List the rules, or check a file of your own
    Rules(RulesArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit status: 0 all documents done; 1 some could not be read (they are in the output, counted and \
named); 2 the run could not start or its output failed; 130 interrupted.")]
pub(super) struct CleanArgs {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// Where the result goes: a file ending in .jsonl or .csv (also .gz and .zst) or in .parquet, a folder, or
    /// `-` for standard output. Without it a single document is printed as text, several as JSONL
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,

    /// What OUT holds, where its name does not tell
    #[arg(long, value_name = "FORMAT")]
    pub(super) to: Option<To>,

    /// Write every cut to this file, one a line (JSONL), with the text around it
    #[arg(long, value_name = "PATH")]
    pub(super) report: Option<PathBuf>,

    /// Write the counts of the run to this file (JSON)
    #[arg(long, value_name = "PATH")]
    pub(super) summary: Option<PathBuf>,

    /// Write a report for people to this file: one HTML page that needs no network. A folder has it as report.html
    #[arg(long, value_name = "PATH")]
    pub(super) html: Option<PathBuf>,

    /// Print the cuts as unified diffs of the source texts, instead of records
    #[arg(long, conflicts_with = "to")]
    diff: bool,

    /// Keep the source text in the records, as `text`; of HTML it is the visible text
    #[arg(long)]
    pub(super) emit_text: bool,

    #[command(flatten)]
    pub(super) cleaning: Cleaning,

    #[command(flatten)]
    fields: FieldArgs,

    #[command(flatten)]
    pub(super) threads: ThreadArgs,

    /// Clean and count, but write no OUT; a --report or --summary that is asked for is written
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Stop at the first document that cannot be read, and leave no OUT
    #[arg(long)]
    pub(super) fail_fast: bool,

    /// Go on with a run of the same command that was broken off; start where there is none, and do nothing where
    /// the output is whole
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) resume: bool,

    #[command(flatten)]
    pub(super) said: Said,
}

impl CleanArgs {
    /// What OUT holds, if that is said.
    pub(super) fn form(&self) -> Option<Form> {
        if self.diff { Some(Form::Diff) } else { self.to.map(Form::from) }
    }

    /// How the inputs are read.
    pub(super) fn reading(&self) -> Options {
        let default = self.inputs.options(&self.fields);
        // A document may be passed through that is larger than what is cleaned, but not without bound.
        let most = self.cleaning.max_doc_bytes.map_or(0, |bytes| 8_u64.saturating_mul(bytes as u64));
        Options { most_decompressed: default.most_decompressed.max(most), ..default }
    }
}

/// What is read.
#[derive(Debug, ClapArgs)]
pub(super) struct InputArgs {
    /// Files, folders (walked in sorted order) or `-` for standard input. `.txt` and `.html` are one
    /// document a file, `.jsonl` and `.ndjson` one a line, `.csv`, `.tsv` and `.parquet` one a row, `.warc` one a response of HTML, `.tar` holds any of them; each also as
    /// `.gz`, `.zst` or `.bz2`
    #[arg(required_unless_present = "files_from", value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Read more inputs from the lines of this file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,

    /// What the inputs are, where neither name nor content tells
    #[arg(long, value_name = "FORMAT")]
    from: Option<From>,

    /// What stands between the fields of a row, as in `;` or `\\t` [default: the header tells]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
}

impl InputArgs {
    /// How they are read.
    pub(super) fn options(&self, fields: &FieldArgs) -> Options {
        Options {
            from: self.from.map(Into::into),
            fields: fields.fields(),
            delimiter: self.delimiter,
            ..Options::default()
        }
    }

    /// All inputs that are named.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        let mut paths = self.inputs.clone();
        if let Some(list) = &self.files_from {
            paths.extend(files_from::paths(list)?);
            let stdin = Path::new("-");
            if list == stdin && paths.iter().any(|path| path == stdin) {
                return Err(Error::Usage("standard input (`-`) can be read only once".to_owned()));
            }
        }
        Ok(paths)
    }
}

/// On how many threads.
#[derive(Debug, ClapArgs)]
pub(super) struct ThreadArgs {
    /// Threads to work on, from 1 to 1024 [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZeroUsize>,
}

impl ThreadArgs {
    pub(super) fn batch(&self) -> Batch {
        self.threads.map_or_else(Batch::default, |threads| Batch::default().with_threads(threads))
    }
}

/// What is said on standard error.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub(super) struct Said {
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// When to show a progress bar
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) progress: When,

    /// Name every unreadable document as it comes, and the first skipped files
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// How to clean: the flags that become a [`Config`].
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Cleaning")]
pub(super) struct Cleaning {
    /// The balance between body lost and junk left [default: balanced]
    #[arg(long)]
    mode: Option<ModeName>,

    /// Leave these kinds in the body (ad, caption, credit, source, bio, byline, date, title, share,
    /// promo, related, tags, nav, legal, comment, contact, other)
    #[arg(long, value_name = "KIND,..", value_delimiter = ',')]
    keep: Vec<Kind>,

    /// Cut these kinds alone
    #[arg(long, value_name = "KIND,..", value_delimiter = ',')]
    only: Option<Vec<Kind>>,

    /// Cut nothing of which the judge is less sure, from 0 to 1
    #[arg(long, value_name = "X", value_parser = share, allow_hyphen_values = true)]
    min_confidence: Option<f32>,

    /// Add your own rules, which win over the built-in ones; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,

    /// Take the lines that recur in a document's site as evidence against them: a table that
    /// `cleancopy learn` wrote, perhaps edited. Sentences are never cut for recurring
    #[arg(long, value_name = "FILE")]
    site_lines: Option<PathBuf>,

    /// Judge by a model of your own, made by train/, instead of the one built in
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,

    /// Pass larger documents through uncut, as in 500k, 32MB [default: 32MB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_doc_bytes: Option<usize>,
}

impl Cleaning {
    /// The flags as a configuration. What is not given keeps its default, which stands there.
    pub(super) fn config(&self) -> Result<Config, Error> {
        let mut config = Config::default().with_keep(self.keep.iter().copied());
        if let Some(mode) = self.mode {
            config = config.with_mode(mode.into());
        }
        if let Some(only) = &self.only {
            config = config.with_only(only.iter().copied());
        }
        if let Some(confidence) = self.min_confidence {
            config = config.with_min_confidence(confidence);
        }
        if let Some(bytes) = self.max_doc_bytes {
            config = config.with_max_doc_bytes(bytes);
        }
        if let Some(path) = &self.model {
            config = config.with_model(model(path)?);
        }
        if let Some(path) = &self.site_lines {
            config = config.with_site_lines(SiteLines::read(path)?);
        }
        for path in &self.rules {
            let text = std::fs::read_to_string(path).map_err(|cause| Error::io("cannot read", path, cause))?;
            config = config.with_rules(RuleFile::parse(path, &text)?);
        }
        Ok(config)
    }
}

/// Reads a model.
fn model(path: &Path) -> Result<Model, Error> {
    /// A model is a hundredth of this; what is longer is none.
    const LONGEST: u64 = 64 << 20;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.map_err(|cause| Error::io("cannot read", path, cause))?;
    Model::parse(&bytes).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit status: 0 all documents done; 1 some could not be read (they are counted and named); 2 the run could not start \
or its output failed.")]
pub(super) struct LearnArgs {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// Where the table goes: a file, also .gz or .zst, or `-` for standard output
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    pub(super) output: PathBuf,

    /// Write only lines that stand in so many documents of their site [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    min_docs: Option<u32>,

    /// Write only lines that stand in this share of the documents of their site, from 0 to 1 [default: 0.05]
    #[arg(long, value_name = "X", value_parser = share, allow_hyphen_values = true)]
    min_share: Option<f32>,

    #[command(flatten)]
    pub(super) fields: FieldArgs,

    #[command(flatten)]
    pub(super) threads: ThreadArgs,

    #[command(flatten)]
    pub(super) said: Said,
}

impl LearnArgs {
    pub(super) fn threshold(&self) -> Threshold {
        let default = Threshold::default();
        Threshold {
            documents: self.min_docs.unwrap_or(default.documents),
            share: self.min_share.unwrap_or(default.share),
        }
    }
}

/// What training is told of documents.
#[derive(Debug, ClapArgs)]
pub(super) struct FeaturesArgs {
    /// Files and folders of documents
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,

    /// Where the rows go: PREFIX.rows, and what they are of: PREFIX.jsonl, PREFIX.json
    #[arg(short, long, value_name = "PREFIX")]
    pub(super) output: PathBuf,

    /// The model whose weights of words and names the rows have [default: one that has none]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl FeaturesArgs {
    pub(super) fn model(&self) -> Result<Model, Error> {
        self.model.as_deref().map_or_else(|| Ok(Model::default()), model)
    }
}

/// Where records keep what we need.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Fields of records (nested: a.b)")]
pub(super) struct FieldArgs {
    /// The field of the text [default: the first of text, content, maintext, article, plain_text,
    /// body]. Given without --html-field, it goes before HTML
    #[arg(long, value_name = "NAME")]
    text_field: Option<String>,

    /// The field of the HTML, which goes before text [default: the first of html, raw_html]
    #[arg(long, value_name = "NAME")]
    html_field: Option<String>,

    /// The field of the id [default: id]
    #[arg(long, value_name = "NAME")]
    id_field: Option<String>,

    /// The field of the address [default: url]
    #[arg(long, value_name = "NAME")]
    url_field: Option<String>,

    /// The field that says which site a document is of, for the lines of sites; it stays in `extra` [default:
    /// none; the host of the address is the site]
    #[arg(long, value_name = "NAME")]
    pub(super) site_field: Option<String>,
}

impl FieldArgs {
    pub(super) fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        if let Some(name) = &self.text_field {
            fields = fields.with_text(name);
        }
        if let Some(name) = &self.html_field {
            fields = fields.with_html(name);
        }
        if let Some(name) = &self.id_field {
            fields = fields.with_id(name);
        }
        if let Some(name) = &self.url_field {
            fields = fields.with_url(name);
        }
        if let Some(name) = &self.site_field {
            fields = fields.with_site(name);
        }
        fields
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct ExplainArgs {
    /// A text, a page of HTML, or a file of records; `-` is standard input. Of records that `clean` wrote, what was cut
    /// then is shown
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,

    /// Of a file of records, the one with this id instead of the first
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,

    /// Show all that was said of the N-th segment: every rule and detector, the model, and what it saw
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) why: Option<u32>,

    /// Print a JSON object a segment
    #[arg(long)]
    pub(super) json: bool,

    /// What the file is, where neither name nor content tells
    #[arg(long, value_name = "FORMAT")]
    pub(super) from: Option<From>,

    #[command(flatten)]
    pub(super) cleaning: Cleaning,

    #[command(flatten)]
    pub(super) fields: FieldArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit status: 0 all records are in it; 1 some lines are no records (they are in it as errors, and named); 2 the run could \
not start or its output failed.")]
pub(super) struct ReportArgs {
    /// Records written by `cleancopy clean`, also .gz or .zst; `-` is standard input. Best with --emit-text: without, the
    /// white space between a body and its cuts is made up
    #[arg(required = true, value_name = "RUN.jsonl")]
    pub(super) files: Vec<PathBuf>,

    /// Where the report goes: one HTML page that needs no network; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct RestoreArgs {
    /// Records written by `cleancopy clean`, also .gz or .zst; `-` is standard input
    #[arg(value_name = "RUN.jsonl")]
    pub(super) file: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Pages have a reference body (token_f1, shingle_f1, exact, rouge_lsum_f1) or snippets that must stay or \
go (snippet_*); lines have labels (body_loss, junk_left, junk_words, kinds, reliability). Less is better of \
snippet_leak, body_loss, junk_left, junk_words and ece. Intervals are 95 % bootstrap percentiles over hosts \
where addresses are known, else over documents.

Exit status: 0 scored; 2 a file could not be read, or is not what it should be.")]
pub(super) struct EvalArgs {
    /// The references, JSONL, also .gz or .zst: `id` and either `truth` (a text, or a list of paragraphs
    /// of which those in [brackets] are optional), `with`, `without` (snippets), or `labels`, `kinds` (of
    /// lines) and `truth`
    #[arg(long, value_name = "T")]
    truth: PathBuf,

    /// What is scored: records written by `cleancopy clean`; other programs' need `id` and `body`
    #[arg(long, value_name = "P")]
    pred: PathBuf,

    /// The dump that was cleaned, for labelled lines. Not needed for records written with --emit-text
    #[arg(long, value_name = "D")]
    dump: Option<PathBuf>,

    /// Other predictions to compare with, document by document; a difference is P minus P2
    #[arg(long, value_name = "P2")]
    compare: Option<PathBuf>,

    /// Score only the documents of this `type`
    #[arg(long = "type", value_name = "TYPE")]
    page_type: Option<String>,

    /// Put the title in front of the body, for references that have it
    #[arg(long)]
    title: bool,

    /// Score each group of documents by itself, too
    #[arg(long, value_name = "WHAT")]
    by: Option<ByName>,

    /// Resamples for the intervals, up to 1000000; 0 is none
    #[arg(long, value_name = "N", default_value = "1000", value_parser = resamples)]
    bootstrap: usize,

    /// The seed of the resamples
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,

    /// Print a JSON object
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    threads: ThreadArgs,
}

impl EvalArgs {
    pub(super) fn evaluation(&self) -> Evaluation {
        let mut evaluation = Evaluation::new(&self.truth, &self.pred)
            .with_title(self.title)
            .with_resamples(self.bootstrap)
            .with_seed(self.seed);
        if let Some(dump) = &self.dump {
            evaluation = evaluation.with_dump(dump);
        }
        if let Some(other) = &self.compare {
            evaluation = evaluation.with_compare(other);
        }
        if let Some(page_type) = &self.page_type {
            evaluation = evaluation.with_type(page_type);
        }
        if let Some(by) = self.by {
            evaluation = evaluation.with_by(by.into());
        }
        evaluation.with_batch(self.threads.batch())
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ByName {
    /// The `type` in the truth
    Type,
    /// The language in truth, dump or prediction
    Lang,
    /// The host of the address in truth, dump or prediction
    Host,
    /// The status of the prediction
    Status,
}

impl std::convert::From<ByName> for By {
    fn from(by: ByName) -> Self {
        match by {
            ByName::Type => Self::Type,
            ByName::Lang => Self::Lang,
            ByName::Host => Self::Host,
            ByName::Status => Self::Status,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct RulesArgs {
    /// List the built-in rules (as without any flag)
    #[arg(long)]
    pub(super) list: bool,

    /// Check a file of rules: that it can be used, and that its examples hold
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(super) check: Option<PathBuf>,

    /// Print a JSON object a rule
    #[arg(long, conflicts_with = "check")]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum From {
    /// Plain text, one document a file
    Txt,
    /// HTML, one page a file
    #[value(alias = "htm")]
    Html,
    /// JSON, one record a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// Rows with a header
    #[value(alias = "tsv")]
    Csv,
    /// Rows of columns
    Parquet,
    /// An archive of web pages
    Warc,
    /// An archive of files
    Tar,
}

impl std::convert::From<From> for Format {
    fn from(from: From) -> Self {
        match from {
            From::Txt => Self::Text,
            From::Html => Self::Html,
            From::Jsonl => Self::Jsonl,
            From::Csv => Self::Csv,
            From::Parquet => Self::Parquet,
            From::Warc => Self::Warc,
            From::Tar => Self::Tar,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum To {
    /// Records, one a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// The flat fields of records, one a row
    Csv,
    /// Records, one a row, in columns
    Parquet,
    /// The bodies alone, two blank lines between them
    Txt,
    /// A folder with a file for each body
    Dir,
}

impl std::convert::From<To> for Form {
    fn from(to: To) -> Self {
        match to {
            To::Jsonl => Self::Records,
            To::Csv => Self::Csv,
            To::Parquet => Self::Parquet,
            To::Txt => Self::Text,
            To::Dir => Self::Bodies,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModeName {
    /// Cut only what is beyond doubt
    Precise,
    /// Lose next to no body text, cut most junk
    Balanced,
    /// Cut whatever is more likely junk than not
    Thorough,
}

impl std::convert::From<ModeName> for Mode {
    fn from(mode: ModeName) -> Self {
        match mode {
            ModeName::Precise => Self::Precise,
            ModeName::Balanced => Self::Balanced,
            ModeName::Thorough => Self::Thorough,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// If standard error is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// One character that may stand between fields.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("not one ASCII character, or \\t".to_owned()),
    }
}

/// A number from 1 to 1024.
fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|n: &NonZeroUsize| n.get() <= 1024);
    number.ok_or_else(|| "not a number from 1 to 1024".to_owned())
}

/// A number from 0 to 1.
fn share(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("not a number from 0 to 1".to_owned()),
    }
}

fn resamples(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n| *n <= 1_000_000);
    number.ok_or_else(|| "not a number from 0 to 1000000".to_owned())
}

/// A size in bytes: `5000`, `64k`, `32MB`, `1GiB`. A unit is a power of 1024, as the default is.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = text[digits.len()..].trim().to_ascii_lowercase();
    let number: usize = digits.parse().map_err(|_| "not a size such as 500k or 32MB".to_owned())?;
    let shift = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit) {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return Err("unknown unit; use k, MB or GB".to_owned()),
    };
    number.checked_mul(1 << shift).ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_well_formed() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("0", 0), ("5000", 5000), ("64k", 65536), ("32MB", 32 << 20), ("1 GiB", 1 << 30)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "k", "-1", "3x", "1.5MB", "99999999999999999999", "99999999999GB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn flags_that_are_not_given_change_nothing() {
        let args = Args::parse_from(["cleancopy", "clean", "a.txt"]);
        let Command::Clean(args) = args.command else { panic!("clean") };
        let config = args.cleaning.config().expect("no files");
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }
}
