//! Names of elements and attributes, as small numbers.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

macro_rules! tags {
    ($($variant:ident $name:literal,)*) => {
        /// An element of HTML by its name.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub(crate) enum Tag {
            /// No element of HTML that means anything here: a custom element, or one unknown.
            #[default]
            Unknown,
            /// An element whose name has a hyphen in it.
            Custom,
            /// An element of SVG, or an annotation in MathML.
            Foreign,
            $(#[allow(missing_docs)] $variant,)*
        }

        impl Tag {
            pub(super) const NAMED: &[(&str, Self)] = &[$(($name, Self::$variant),)*];

            /// The name, `?` if it is none of those known.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    Self::Unknown => "?",
                    Self::Custom => "x-",
                    Self::Foreign => "svg",
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

tags! {
    A "a", Abbr "abbr", Acronym "acronym", Address "address", Area "area", Article "article", Aside "aside",
    Audio "audio", B "b", Base "base", Bdi "bdi", Bdo "bdo", Big "big", Blockquote "blockquote", Body "body",
    Br "br", Button "button", Canvas "canvas", Caption "caption", Center "center", Cite "cite", Code "code", Col "col",
    Colgroup "colgroup", Data "data", Datalist "datalist", Dd "dd", Del "del", Details "details", Dfn "dfn", Dialog "dialog",
    Dir "dir", Div "div", Dl "dl", Dt "dt", Em "em", Embed "embed", Fieldset "fieldset", Figcaption "figcaption",
    Figure "figure", Font "font", Footer "footer", Form "form", Frame "frame", Frameset "frameset", H1 "h1", H2 "h2",
    H3 "h3", H4 "h4", H5 "h5", H6 "h6", Head "head", Header "header", Hgroup "hgroup", Hr "hr", Html "html", I "i",
    Iframe "iframe", Img "img", Input "input", Ins "ins", Kbd "kbd", Label "label", Legend "legend", Li "li",
    Link "link", Listing "listing", Main "main", Map "map", Mark "mark", Marquee "marquee", Menu "menu", Meta "meta",
    Meter "meter", Nav "nav", Nobr "nobr", Noembed "noembed", Noframes "noframes", Noscript "noscript", Object "object", Ol "ol",
    Optgroup "optgroup", Option "option", Output "output", P "p", Param "param", Picture "picture", Plaintext "plaintext",
    Pre "pre", Progress "progress", Q "q", Rb "rb", Rp "rp", Rt "rt", Rtc "rtc", Ruby "ruby", S "s", Samp "samp",
    Script "script", Search "search", Section "section", Select "select", Slot "slot", Small "small", Source "source",
    Span "span", Strike "strike", Strong "strong", Style "style", Sub "sub", Summary "summary", Sup "sup",
    Table "table", Tbody "tbody", Td "td", Template "template", Textarea "textarea", Tfoot "tfoot", Th "th", Thead "thead",
    Time "time", Title "title", Tr "tr", Track "track", Tt "tt", U "u", Ul "ul", Var "var", Video "video", Wbr "wbr",
    Xmp "xmp",
}

impl Tag {
    /// The element of HTML of this name, in lower case.
    pub(crate) fn from_name(name: &str) -> Self {
        static BY_NAME: LazyLock<FxHashMap<&'static str, Tag>> = LazyLock::new(|| Tag::NAMED.iter().copied().collect());
        BY_NAME.get(name).copied().unwrap_or_default()
    }
}

macro_rules! attributes {
    ($($variant:ident $bytes:literal,)*) => {
        /// An attribute that judging or the page's metadata use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum AttrName {
            $(#[allow(missing_docs)] $variant,)*
        }

        impl AttrName {
            const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The attribute of this number, the inverse of `as u8`.
            pub(super) fn from_number(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number)).copied()
            }

            /// The attribute of this name, in any case.
            pub(crate) fn from_bytes(name: &[u8]) -> Option<Self> {
                /// The longest name.
                const LONGEST: usize = 18;
                // Most attributes are none of these, which their lengths and first letters tell.
                const FIRST: [u32; LONGEST + 1] = {
                    let mut first = [0; LONGEST + 1];
                    let names: &[&[u8]] = &[$($bytes,)*];
                    let mut n = 0;
                    while n < names.len() {
                        first[names[n].len()] |= 1 << (names[n][0] - b'a');
                        n += 1;
                    }
                    first
                };
                let letter = name.first()?.to_ascii_lowercase().wrapping_sub(b'a');
                if name.len() > LONGEST || letter >= 26 || FIRST[name.len()] & 1 << letter == 0 {
                    return None;
                }
                let mut lower = [0; LONGEST];
                for (to, from) in lower.iter_mut().zip(name) {
                    *to = from.to_ascii_lowercase();
                }
                match &lower[..name.len()] {
                    $($bytes => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

attributes! {
    Class b"class", Id b"id", Role b"role", Itemprop b"itemprop", Itemtype b"itemtype", Hidden b"hidden",
    Style b"style", Href b"href", Rel b"rel", Datetime b"datetime", Pubdate b"pubdate",
    Content b"content", Name b"name", Property b"property", HttpEquiv b"http-equiv", Charset b"charset", Lang b"lang",
    Type b"type", Open b"open", Encoding b"encoding", AriaLabel b"aria-label",
    DataComponent b"data-component", DataTestid b"data-testid", DataType b"data-type", DataModule b"data-module",
    DataWidget b"data-widget", DataName b"data-name", DataBlock b"data-block", DataRole b"data-role",
    DataAdSlot b"data-ad-slot", DataAd b"data-ad", DataQa b"data-qa",
}
