//! Which fields of a record are its id, address, HTML and text.

/// Where a record keeps what we need: by the usual names, or where the user says.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    text: Option<String>,
    html: Option<String>,
    id: Option<String>,
    url: Option<String>,
    site: Option<String>,
}

const TEXT: &[&str] = &["text", "content", "maintext", "article", "plain_text", "body"];
const HTML: &[&str] = &["html", "raw_html"];
const ID: &[&str] = &["id"];
const URL: &[&str] = &["url"];

impl Fields {
    /// The text is in this field; `a.b` is the field `b` inside `a`. Default: the first of `text`,
    /// `content`, `maintext`, `article`, `plain_text`, `body`. A record's HTML goes before its text,
    /// unless the field of the text is given and that of the HTML is not.
    #[must_use]
    pub fn with_text(mut self, path: impl Into<String>) -> Self {
        self.text = Some(path.into());
        self
    }

    /// The HTML is in this field. Default: the first of `html`, `raw_html`.
    #[must_use]
    pub fn with_html(mut self, path: impl Into<String>) -> Self {
        self.html = Some(path.into());
        self
    }

    /// The id is in this field. Default: `id`.
    #[must_use]
    pub fn with_id(mut self, path: impl Into<String>) -> Self {
        self.id = Some(path.into());
        self
    }

    /// The address is in this field. Default: `url`.
    #[must_use]
    pub fn with_url(mut self, path: impl Into<String>) -> Self {
        self.url = Some(path.into());
        self
    }

    /// The site that a document is of is in this field. Default: none; the address tells.
    #[must_use]
    pub fn with_site(mut self, path: impl Into<String>) -> Self {
        self.site = Some(path.into());
        self
    }

    pub(super) fn text(&self) -> Candidates<'_> {
        Candidates::new(self.text.as_deref(), TEXT)
    }

    pub(super) fn html(&self) -> Candidates<'_> {
        Candidates::new(self.html.as_deref(), HTML)
    }

    pub(super) fn id(&self) -> Candidates<'_> {
        Candidates::new(self.id.as_deref(), ID)
    }

    pub(super) fn url(&self) -> Candidates<'_> {
        Candidates::new(self.url.as_deref(), URL)
    }

    pub(super) fn site(&self) -> Candidates<'_> {
        Candidates::new(self.site.as_deref(), &[])
    }
}

/// The names to look for, in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Candidates<'f> {
    /// The user named one, perhaps nested.
    Given(&'f str),
    /// The usual ones, at the top.
    Usual(&'static [&'static str]),
}

impl<'f> Candidates<'f> {
    fn new(given: Option<&'f str>, usual: &'static [&'static str]) -> Self {
        given.map_or(Self::Usual(usual), Self::Given)
    }

    /// Each name by itself.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let (given, usual) = match self {
            Self::Given(path) => (Some(path), &[][..]),
            Self::Usual(names) => (None, names),
        };
        given.into_iter().chain(usual.iter().copied()).map(Self::Given)
    }
}
