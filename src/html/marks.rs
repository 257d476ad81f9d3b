//! What the names of an element say of it: its tag, class, id, role and schema.
//!
//! Names are split into words at every sign that is not a letter, at changes of case, and matched
//! as whole words: `date` says something, `update` does not.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::names::{AttrName, Tag};
use super::tree::{NodeId, Tree};
use crate::features::hashed;

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks(u32);

macro_rules! marks {
    ($($(#[$about:meta])* $name:ident = $bit:literal,)*) => {
        impl Marks {
            $($(#[$about])* pub(crate) const $name: Self = Self(1 << $bit);)*
        }
    };
}

marks! {
    /// Menus, site headers.
    NAV = 0,
    /// The foot of the page.
    FOOTER = 1,
    /// What stands beside the text.
    ASIDE = 2,
    /// Other articles.
    RELATED = 3,
    /// Share buttons.
    SHARE = 4,
    /// Reader comments.
    COMMENT = 5,
    /// Advertising.
    AD = 6,
    /// Newsletters, subscriptions, calls to act.
    PROMO = 7,
    /// Captions of pictures.
    CAPTION = 8,
    /// Only the credit.
    CREDIT = 9,
    /// Who wrote it.
    BYLINE = 10,
    /// When.
    DATE = 11,
    /// About the author.
    BIO = 12,
    /// Topics.
    TAGS = 13,
    /// Where one is in the site.
    CRUMBS = 14,
    /// Cookies, copyright, policies.
    LEGAL = 15,
    /// Forms, dialogues, searching, logging in.
    FORM = 16,
    /// To the next page.
    PAGER = 18,
    /// Table of contents.
    CONTENTS = 19,
    /// Headline, standfirst, kicker.
    TITLE = 20,
    /// References, footnotes.
    SOURCE = 22,
    /// Addresses.
    CONTACT = 23,
    /// Buttons.
    BUTTON = 24,
    /// Data about the article in a line: date, author, comments.
    META = 26,
    /// Ratings, counts, votes.
    COUNTER = 29,
    /// A floating or folded layer over the page.
    LAYER = 30,
    /// A text that leads to an article: to another one, or its own first paragraph.
    TEASER = 31,
}

impl Marks {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Each mark of the set alone.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..u32::BITS).map(move |bit| Self(self.0 & 1 << bit)).filter(|mark| !mark.is_empty())
    }

    pub(crate) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there are no marks but these.
    pub(crate) const fn only_in(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Whether the mark of this number is among them.
    pub(crate) const fn has(self, bit: usize) -> bool {
        self.0 >> bit & 1 == 1
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Words of names, and what each says. German, French, Spanish, Italian, Portuguese, Dutch, Polish
/// and Scandinavian ones are those that template authors use.
const WORDS: &[(Marks, &str)] = &[
    (
        Marks::NAV,
        "nav navigation navi menu menus submenu megamenu navbar subnav dropdown menubar menuitem hamburger \
         burger offcanvas flyout flyouts sitemap masthead topbar mega gnav topnav mainnav mainmenu sitenav \
         globalnav localnav toolbar quicklinks skiplink skiplinks menuleiste hauptmenu siteheader \
         pageheader navlist navlink sidenav",
    ),
    (Marks::FOOTER, "footer colophon contentinfo foot footerlinks pagefooter sitefooter fusszeile pied"),
    (
        Marks::ASIDE,
        "sidebar sidebars aside complementary sidecol rightcol rightcolumn rightrail leftrail \
         sidebox marginalspalte textwidget seitenleiste sidepanel marginalia",
    ),
    (
        Marks::RELATED,
        "related recommended recommendation recommendations recommend similar trending popular mostread \
         mostpopular outbrain taboola zergnet upnext recirc recirculation suggestions alsoread \
         seealso readnext relatedposts relatedarticles relatednews morenews morestories latest \
         recent relacionadas relacionados relacionado correlati verwandte aehnliche weitere powiazane podobne \
         relaterade relatert gerelateerd articlelist newslist revcontent mgid crosslinks crosslink \
         meistgelesen empfehlungen recommandations rss recos onward",
    ),
    (
        Marks::SHARE,
        "share sharing shares social socials sharebar addthis sharethis shareaholic addtoany sharedaddy \
         sharebuttons sharetools socialmedia socialbar sociallinks teilen partage partager compartir \
         compartilhar condividi udostepnij dela delen shariff heateor ssba",
    ),
    (
        Marks::COMMENT,
        "comment comments commentlist disqus respond reply replies commentform livefyre spotim openweb \
         commentaires commentaire kommentar kommentare kommentarer comentarios comentario commenti komentarze \
         reacties usercomments readercomments coral viafoura leserkommentare",
    ),
    (
        Marks::AD,
        "ad ads advert adverts advertisement advertisements advertising advertorial adslot adbox adunit \
         adwrapper adcontainer sponsor sponsors sponsored dfp gpt adsense adsbygoogle anzeige anzeigen \
         werbung publicidad publicidade pubblicita reklama annons annonse reclame leaderboard skyscraper mpu \
         admanager adspace adblock adplaceholder",
    ),
    (
        Marks::PROMO,
        "newsletter newsletters subscribe subscription subscriptions signup promo promos promotion cta \
         paywall donate donation optin mailchimp regwall mailinglist abonnement abo spenden ctabox \
         calltoaction leadmagnet inarticle membership klaviyo convertkit hubspot suscripcion suscribete \
         upsell appbanner boletin infolettre nyhetsbrev nieuwsbrief piano bannerbox",
    ),
    (
        Marks::CAPTION,
        "caption captions figcaption cutline imagecaption photocaption bildunterschrift captiontext legende \
         didascalia piedefoto podpis bildtext bijschrift imgcaption imgdesc",
    ),
    (Marks::CREDIT, "credit credits photocredit imagecredit photographer bildnachweis bildquelle fotograf"),
    (
        Marks::BYLINE,
        "byline bylines author authors authored writer contributor contributors autor autoren autora auteur \
         auteurs autore autorzy redaktion verfasser postedby authorname authorline forfatter vcard",
    ),
    (
        Marks::DATE,
        "date dates datetime timestamp published pubdate dateline updated datum fecha postdate publishdate \
         dateposted datepublished datemodified timeago readtime readingtime datapubblicazione veroeffentlicht \
         zeitstempel lastmod",
    ),
    (Marks::BIO, "bio biography authorbox authorbio authorinfo aboutauthor biographical authorcard biographie"),
    (
        Marks::TAGS,
        "tags taglist topics keywords tagcloud taxonomy taglinks posttags schlagworte schlagwort etiquetas \
         themen tagi metatags articletags labels",
    ),
    (Marks::CRUMBS, "breadcrumb breadcrumbs crumb crumbs breadcrumblist brotkrumen brotkrume ariane breadcrump"),
    (
        Marks::LEGAL,
        "cookie cookies consent gdpr copyright legal privacy disclaimer disclaimers disclosure onetrust \
         cookiebot cookiebanner cookielaw ccpa imprint impressum datenschutz didomi usercentrics \
         haftungsausschluss cli rodo affiliate",
    ),
    (
        Marks::FORM,
        "form forms login signin search searchform searchbox searchbar register registration captcha gform \
         wpcf webform contactform suche suchfeld recherche buscador cart minicart basket checkout wishlist \
         account filters filter facets facet sortby quiz poll survey calculator",
    ),
    (
        Marks::LAYER,
        "modal modals popup popups overlay lightbox dialog popover toast snackbar interstitial tooltip \
         notification notifications",
    ),
    (Marks::PAGER, "pagination pager paging prevnext pagenav pagenavi pagenumbers postnav paginator"),
    (Marks::CONTENTS, "toc tableofcontents inhaltsverzeichnis lwptoc jumplinks scrollspy onthispage jumpto tocs"),
    (
        Marks::TITLE,
        "headline hed dek subtitle subheadline standfirst kicker eyebrow deck overline titel untertitel \
         vorspann titulo titular chapo posttitle entrytitle articletitle pagetitle dachzeile spitzmarke titre \
         subtitulo bajada copete overskrift storytitle",
    ),
    (
        Marks::SOURCE,
        "references reference reflist footnotes footnote sources citations bibliography quellen quelle \
         endnotes einzelnachweise przypisy",
    ),
    (Marks::CONTACT, "contact contacts contactus presscontact kontakt contacto vcard address boilerplate"),
    (Marks::BUTTON, "button buttons btn btns buttongroup knopf"),
    (Marks::META, "meta metadata postmeta entrymeta articlemeta metainfo articleinfo postinfo blogmeta metadaten"),
    (Marks::TEASER, "teaser teasers teaserlist excerpt"),
    (Marks::COUNTER, "rating ratings votes vote likes upvote stars karma counter views viewcount reactions"),
];

/// Two words side by side that say more than each of them.
fn pair(first: &str, second: &str) -> Marks {
    match (first, second) {
        (
            "author",
            "bio" | "box" | "info" | "about" | "description" | "card" | "profile" | "details" | "desc" | "biography",
        )
        | ("about", "author" | "authors")
        | ("post" | "entry" | "article" | "single", "author") => Marks::BIO,
        ("read" | "more", "next" | "also" | "stories" | "articles" | "news" | "posts" | "from" | "like" | "on")
        | ("most", "read" | "popular" | "viewed" | "shared" | "recent")
        | ("also" | "see", "read" | "like" | "also")
        | ("up", "next")
        | (
            "next" | "other" | "post" | "further" | "top" | "featured" | "editors",
            "article" | "articles" | "post" | "posts" | "stories" | "news" | "reading" | "picks",
        ) => Marks::RELATED,
        ("table", "contents") | ("on" | "in", "page") => Marks::CONTENTS,
        ("page", "numbers" | "links" | "navigation" | "nav")
        | ("post" | "posts", "navigation" | "nav")
        | ("prev" | "previous", "next") => Marks::PAGER,
        ("sign" | "log", "up" | "in") => Marks::PROMO,
        ("cat" | "category" | "tag", "links" | "list" | "cloud")
        | ("post" | "entry" | "article" | "story", "tags" | "categories" | "topics" | "tag") => Marks::TAGS,
        (
            "image" | "photo" | "media" | "img" | "picture" | "video" | "bild" | "foto",
            "caption" | "description" | "desc" | "title" | "legend",
        ) => Marks::CAPTION,
        (
            "image" | "photo" | "media" | "img" | "picture" | "bild" | "foto",
            "credit" | "source" | "copyright" | "author",
        ) => Marks::CREDIT,
        (
            "entry" | "post" | "article" | "page" | "story" | "single" | "main",
            "title" | "heading" | "subtitle" | "subheading" | "lead" | "intro",
        ) => Marks::TITLE,
        ("entry" | "post" | "article", "footer") => Marks::META,
        ("posted", "on" | "by" | "in")
        | ("last", "updated" | "modified")
        | ("published", "on" | "at")
        | ("publish", "date")
        | ("read" | "reading", "time") => Marks::DATE,
        _ => Marks::NONE,
    }
}

static BY_WORD: LazyLock<FxHashMap<&'static str, Marks>> = LazyLock::new(|| {
    let mut map: FxHashMap<&'static str, Marks> = FxHashMap::default();
    for (mark, words) in WORDS {
        for word in words.split_whitespace() {
            let marks = map.entry(word).or_default();
            *marks = marks.or(*mark);
        }
    }
    map
});

/// More words of one value are not looked at.
const MOST_WORDS: usize = 48;

/// More names of one element are not kept, so that a page costs no more than a multiple of its elements.
const MOST_NAMES: usize = 256;

/// Whether a byte is of a letter; what is not ASCII is taken for one, lest words are found in the
/// pieces of others.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// Reads the marks of a value of class, id and the like.
fn of_value(value: &str, word: &mut String, names: &mut Vec<u16>) -> Marks {
    let words = &*BY_WORD;
    let mut marks = Marks::NONE;
    let bytes = value.as_bytes();
    let (mut at, mut count) = (0, 0);
    let mut last = String::new();
    // What the word before said, until the next one tells that it is a flag.
    let mut said = Marks::NONE;
    // Where letters and digits go on without another sign.
    let mut run = 0;
    while at < bytes.len() && count < MOST_WORDS {
        if !is_letter(bytes[at]) {
            // A space parts names, anything else only words.
            if bytes[at].is_ascii_whitespace() {
                last.clear();
            }
            at += 1;
            continue;
        }
        let start = at;
        if start >= run {
            run = end_of_run(bytes, start);
            if is_hash(bytes, start, run) {
                at = run;
                last.clear();
                continue;
            }
        }
        at += 1;
        while at < bytes.len() && is_letter(bytes[at]) {
            let parts = bytes[at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if parts {
                break;
            }
            at += 1;
        }
        word.clear();
        word.extend(value[start..at].chars().map(|c| c.to_ascii_lowercase()));
        count += 1;
        names.push(hashed::name(WORD, word));
        // "has-comments", "sidebar-enabled": what an element has, or may have, it is not.
        if last.is_empty() || !matches!(word.as_str(), "enabled" | "disabled" | "closed" | "open" | "true" | "false") {
            marks = marks.or(said);
        }
        said = Marks::NONE;
        if !matches!(last.as_str(), "has" | "no" | "with" | "without" | "hide" | "show" | "is") {
            said = words.get(word.as_str()).copied().unwrap_or_default();
        }
        if !last.is_empty() {
            marks = marks.or(pair(&last, word));
            names.push(hashed::name(hashed::hash(PAIR, last.as_bytes()), word));
        }
        std::mem::swap(&mut last, word);
    }
    marks.or(said)
}

/// Where the letters and digits that go on at `start` end.
fn end_of_run(bytes: &[u8], start: usize) -> usize {
    let len = bytes[start..].iter().position(|b| b.is_ascii() && !b.is_ascii_alphanumeric());
    len.map_or(bytes.len(), |len| start + len)
}

/// Whether a run of letters and digits is a number written in letters, as generated names are: they
/// change more than once. `start` is its first letter.
fn is_hash(bytes: &[u8], start: usize, end: usize) -> bool {
    let digits = bytes[..start].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let changes =
        bytes[start - digits..end].windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    changes.count() >= 2
}

/// What is hashed into the bucket of a name, so that a tag is not a class of the same name.
const TAG: u32 = 1;
const ROLE: u32 = 2;
const WORD: u32 = 3;
const PAIR: u32 = 4;

/// Reads marks and hashed names, remembering values that come again.
#[derive(Debug, Default)]
pub(crate) struct Reader<'t> {
    /// The marks of a value, and where its names are in `names`.
    known: FxHashMap<&'t str, (Marks, Range<usize>)>,
    names: Vec<u16>,
    word: String,
}

impl<'t> Reader<'t> {
    /// The marks of an element; appends the buckets of its names to `names`.
    pub(crate) fn read(&mut self, tree: &'t Tree, id: NodeId, names: &mut Vec<u16>) -> Marks {
        let tag = tree.tag(id).unwrap_or_default();
        let mut marks = of_tag(tag);
        let start = names.len();
        names.push(hashed::name(TAG, tag.name()));
        for (name, value) in tree.attrs(id) {
            marks = marks.or(match name {
                // What stands in the page, not what it is.
                AttrName::Class | AttrName::Id if matches!(tag, Tag::Html | Tag::Body) => Marks::NONE,
                // The words of a headline.
                AttrName::Id if is_heading(tag) || value.split(['-', '_']).count() > 4 => Marks::NONE,
                AttrName::Class
                | AttrName::Id
                | AttrName::AriaLabel
                | AttrName::DataComponent
                | AttrName::DataTestid
                | AttrName::DataType
                | AttrName::DataModule
                | AttrName::DataWidget
                | AttrName::DataName
                | AttrName::DataBlock
                | AttrName::DataRole
                | AttrName::DataQa => {
                    let (marks, known) = self.known.entry(value).or_insert_with(|| {
                        let first = self.names.len();
                        let marks = of_value(value, &mut self.word, &mut self.names);
                        (marks, first..self.names.len())
                    });
                    let room = MOST_NAMES.saturating_sub(names.len() - start);
                    names.extend_from_slice(&self.names[known.start..known.end.min(known.start + room)]);
                    *marks
                }
                AttrName::Role => {
                    names.push(hashed::name(ROLE, value));
                    of_role(value)
                }
                AttrName::Itemprop => {
                    names.push(hashed::name(ROLE, value));
                    of_property(value)
                }
                AttrName::Itemtype => of_type(value),
                AttrName::Rel if value.contains("author") => Marks::BYLINE,
                AttrName::Rel if value.contains("tag") => Marks::TAGS,
                AttrName::DataAd | AttrName::DataAdSlot => Marks::AD,
                _ => Marks::NONE,
            });
        }
        marks
    }
}

fn is_heading(tag: Tag) -> bool {
    matches!(tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6)
}

fn of_tag(tag: Tag) -> Marks {
    match tag {
        Tag::Nav | Tag::Menu => Marks::NAV,
        Tag::Footer => Marks::FOOTER,
        Tag::Aside => Marks::ASIDE,
        Tag::Figcaption => Marks::CAPTION,
        Tag::Form | Tag::Search | Tag::Fieldset => Marks::FORM,
        Tag::Button | Tag::Label => Marks::BUTTON,
        Tag::Dialog => Marks::LAYER,
        Tag::Address => Marks::CONTACT,
        Tag::Time => Marks::DATE,
        _ => Marks::NONE,
    }
}

fn of_role(role: &str) -> Marks {
    match role.trim() {
        "navigation" | "menu" | "menubar" | "menuitem" | "banner" | "tablist" | "tab" | "toolbar" => Marks::NAV,
        "contentinfo" => Marks::FOOTER,
        "complementary" => Marks::ASIDE,
        "search" | "form" | "searchbox" => Marks::FORM,
        "dialog" | "alertdialog" | "tooltip" | "alert" => Marks::LAYER,
        "button" => Marks::BUTTON,
        "doc-endnotes" | "doc-footnote" | "doc-bibliography" => Marks::SOURCE,
        "doc-toc" => Marks::CONTENTS,
        _ => Marks::NONE,
    }
}

fn of_property(property: &str) -> Marks {
    let mut marks = Marks::NONE;
    for name in property.split_ascii_whitespace() {
        marks = marks.or(match name {
            "headline" | "alternativeHeadline" => Marks::TITLE,
            "author" | "creator" => Marks::BYLINE,
            "datePublished" | "dateModified" | "dateCreated" => Marks::DATE,
            "caption" => Marks::CAPTION,
            "copyrightHolder" => Marks::CREDIT,
            "keywords" => Marks::TAGS,
            "breadcrumb" => Marks::CRUMBS,
            "comment" => Marks::COMMENT,
            "publisher" | "address" => Marks::CONTACT,
            _ => Marks::NONE,
        });
    }
    marks
}

fn of_type(kind: &str) -> Marks {
    let name = kind.rsplit(['/', '#']).next().unwrap_or(kind).trim();
    match name {
        "Comment" | "UserComments" => Marks::COMMENT,
        "BreadcrumbList" => Marks::CRUMBS,
        "SiteNavigationElement" | "WPHeader" => Marks::NAV,
        "WPFooter" => Marks::FOOTER,
        "WPSideBar" => Marks::ASIDE,
        "WPAdBlock" => Marks::AD,
        "Person" => Marks::BYLINE,
        "ImageObject" => Marks::NONE,
        _ => Marks::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::super::tree::Kind;
    use super::*;

    /// What a class of this name says.
    fn class(value: &str) -> Marks {
        of_value(value, &mut String::new(), &mut Vec::new())
    }

    /// The marks of the innermost element of a page.
    fn element(html: &str) -> Marks {
        let tree = parse(html).expect("a small page").tree;
        let last = tree.nodes.iter().rposition(|node| matches!(node.kind, Kind::Element(_))).expect("an element");
        Reader::default().read(&tree, last as NodeId, &mut Vec::new())
    }

    #[test]
    fn names_are_split_into_words() {
        for name in [
            "share",
            "Share",
            "SHARE",
            "share-bar",
            "bar-share",
            "article__share",
            "article__share--wide",
            "c-share",
            "shareBar",
            "barShare",
            "articleShareBar",
            "ArticleShare",
            "HTMLShare",
            "share2",
            "2share",
            "col_12 share",
            "x:share",
            "m-share@md",
            "été-share",
            "styles_share__x7Gq1",
        ] {
            assert!(class(name).any(Marks::SHARE), "{name}");
        }
    }

    #[test]
    fn a_word_within_a_word_says_nothing() {
        for name in [
            "",
            " ",
            "-",
            "update",
            "candidate",
            "mandate",
            "shadow",
            "download",
            "loading",
            "lazyload",
            "gradient",
            "padding",
            "adaptive",
            "adult",
            "readable",
            "adés",
            "pré-navé",
            "shareholder",
            "sharepoint",
            "x1ad2",
            "has-comments",
            "no-sidebar",
            "comments-closed",
            "e1e566ad",
            "block-4ea8-ad6d-86",
            "commentary",
            "promontory",
            "navy",
            "navajo",
            "football",
            "barefoot",
            "tagged",
            "stage",
            "vintage",
            "heritage",
            "relatedness",
            "biology",
            "symbiosis",
            "format",
            "performance",
            "platform",
            "information",
            "transform",
            "research",
            "besides",
            "inside",
            "authority",
            "creditor",
            "accredited",
            "captional",
            "metal",
            "discography",
            "legalise",
            "cookiecutter",
            "domain",
            "remainder",
            "wrapper",
            "container",
            "row",
            "col-md-8",
            "css-1x2y3z",
            "grid",
            "clearfix",
            "mt-4 flex",
        ] {
            assert!(class(name).is_empty(), "{name} says {:?}", class(name));
        }
    }

    #[test]
    fn words_say_what_they_say() {
        for (name, marks) in [
            ("site-nav", Marks::NAV),
            ("page-footer", Marks::FOOTER),
            ("right-sidebar", Marks::ASIDE),
            ("related-posts", Marks::RELATED),
            ("comment-list", Marks::COMMENT),
            ("ad-slot", Marks::AD),
            ("adSlot", Marks::AD),
            ("ad300", Marks::AD),
            ("ad-3f2a", Marks::AD),
            ("AD", Marks::AD),
            ("newsletter_box", Marks::PROMO),
            ("wp-caption-text", Marks::CAPTION),
            ("photo-credit", Marks::CREDIT),
            ("byline__name", Marks::BYLINE),
            ("pub-date", Marks::DATE),
            ("pubDate", Marks::DATE),
            ("bio", Marks::BIO),
            ("article-tags", Marks::TAGS),
            ("breadcrumbs", Marks::CRUMBS),
            ("cookie-notice", Marks::LEGAL),
            ("search-form", Marks::FORM),
            ("slideshow", Marks::NONE),
            ("pagination", Marks::PAGER),
            ("toc", Marks::CONTENTS),
            ("headline", Marks::TITLE),
            ("articleBody", Marks::NONE),
            ("entry-content", Marks::NONE),
            ("footnotes", Marks::SOURCE),
            ("presscontact", Marks::CONTACT),
            ("btn btn-primary", Marks::BUTTON),
            ("entry-header", Marks::NONE),
            ("post-meta", Marks::META),
            ("hentry", Marks::NONE),
            ("vote-count", Marks::COUNTER),
            ("modal", Marks::LAYER),
            ("teaser", Marks::TEASER),
        ] {
            assert_eq!(class(name), marks, "{name}");
        }
    }

    #[test]
    fn two_words_say_more_side_by_side() {
        for (name, marks) in [
            ("author-bio", Marks::BIO),
            ("about-the-author", Marks::BYLINE),
            ("most-read", Marks::RELATED),
            ("readNext", Marks::RELATED),
            ("up_next", Marks::RELATED),
            ("sign-up", Marks::PROMO),
            ("image-caption", Marks::CAPTION),
            ("image-credit", Marks::CREDIT),
            ("entry-title", Marks::TITLE),
            ("last-updated", Marks::DATE),
            ("posted-on", Marks::DATE),
            ("table-of-contents", Marks::NONE),
            ("post-navigation", Marks::PAGER),
        ] {
            let found = class(name);
            assert!(found.any(marks) || marks.is_empty() && found.is_empty(), "{name} says {found:?}");
        }
        assert!(class("sign up").is_empty(), "a space parts names");
        assert!(!class("read-x-more").any(Marks::RELATED));
    }

    #[test]
    fn more_words_than_anyone_writes_are_not_read() {
        let long = "x ".repeat(MOST_WORDS);
        assert!(class(&format!("{long} share")).is_empty());
        assert!(class(&format!("share {long}")).any(Marks::SHARE));
    }

    #[test]
    fn elements_say_by_tag_role_and_schema() {
        for (html, marks) in [
            ("<nav>", Marks::NAV),
            ("<footer>", Marks::FOOTER),
            ("<div role=navigation>", Marks::NAV),
            ("<div role=' contentinfo '>", Marks::FOOTER),
            ("<div role=presentation>", Marks::NONE),
            ("<div itemprop=articleBody>", Marks::NONE),
            ("<span itemprop='author creator'>", Marks::BYLINE),
            ("<div itemtype=https://schema.org/NewsArticle>", Marks::NONE),
            ("<div itemtype='http://schema.org/Comment'>", Marks::COMMENT),
            ("<a rel=author>", Marks::BYLINE),
            ("<a rel='category tag'>", Marks::TAGS),
            ("<a rel=nofollow>", Marks::NONE),
            ("<div data-ad-slot=1>", Marks::AD),
            ("<div data-component=share-tools>", Marks::SHARE),
            ("<div id=comments class=wide>", Marks::COMMENT),
            ("<div aria-label='Share this article'>", Marks::SHARE),
            ("<p title=share>", Marks::NONE),
        ] {
            assert_eq!(element(html), marks, "{html}");
        }
    }

    /// A word that stands in the list twice under one mark is a slip; under two marks it may be meant.
    #[test]
    fn the_list_of_words_is_tidy() {
        for (_, words) in WORDS {
            let words: Vec<&str> = words.split_whitespace().collect();
            for (at, word) in words.iter().enumerate() {
                assert!(!words[..at].contains(word), "{word} stands there twice");
                let is_found = word.bytes().all(|b| b.is_ascii_lowercase());
                assert!(is_found || *word == "a2a", "{word} is no word that a name can be split into");
            }
        }
    }
}
