//! Which languages a text may be in, as far as rules need to know it.
//!
//! The rules of a language with a script of its own are only tried where that script occurs. Among
//! the languages of Latin script, "source", "tag" or "pub" would be found in each other's texts, so
//! the rules of one are only tried where its function words stand.

use rustc_hash::FxHashMap;

/// The language that a tag names, without its region: `de` for `de-AT`. `None` if it is no tag of a language.
pub(crate) fn language(tag: &str) -> Option<String> {
    let language = tag.trim().split(['-', '_']).next()?;
    // The longest subtag that the standard (BCP 47) knows.
    let is_one = (1..=8).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then(|| language.to_ascii_lowercase())
}

/// The commonest words that a language does not share with too many others, folded.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    ("cs", "a v na se že je jsou ale jako nebo podle"),
    ("da", "og at det er på til af ikke med den der har fra"),
    ("de", "der die und das ist nicht mit von den ein eine auch für sich dem auf im"),
    ("en", "the and of to in is that for was on with as are at by from he she it they we"),
    ("es", "el los las que en una por con del para su se más como entre"),
    ("fi", "ja on ei että se oli hän myös kun joka ovat"),
    ("fr", "le les des et est une dans pour que qui du au sur pas plus par ce"),
    ("hr", "i je u se na da za su od koji nije"),
    ("hu", "a az és hogy nem egy is meg csak volt"),
    ("id", "yang dan di dengan untuk dari ini itu pada tidak akan juga"),
    ("it", "il di che un una per con del della non gli alla nel sono è"),
    ("nl", "de het een en van is dat niet op voor met zijn aan ook"),
    ("no", "og det er på til av ikke med den som har fra for"),
    ("pl", "i w na z się że do nie jest oraz przez jak od"),
    ("pt", "o os que do da em um uma para com não dos das ao é"),
    ("ro", "și de în la cu pe un este că din care nu"),
    ("sv", "och att det som är på en för av inte med den har"),
    ("tr", "ve bir bu için da ile olarak çok daha olan"),
    ("vi", "và của là có cho không được một người trong các"),
];

/// The languages of each other script.
const SCRIPTS: &[&[&str]] = &[
    &["el"],
    &["ru", "uk", "bg", "sr", "mk", "be"],
    &["he"],
    &["ar", "fa", "ur"],
    &["hi", "mr", "ne"],
    &["bn"],
    &["th"],
    &["zh", "ja"],
    &["ko"],
];

/// The number in [`SCRIPTS`] of the script of the character that begins with these bytes of UTF-8.
const fn script(lead: u8, second: u8) -> Option<usize> {
    Some(match (lead, second) {
        (0xce | 0xcf, _) => 0,
        (0xd0..=0xd3, _) => 1,
        (0xd6 | 0xd7, _) => 2,
        (0xd8..=0xdb, _) => 3,
        (0xe0, 0xa4 | 0xa5) => 4,
        (0xe0, 0xa6 | 0xa7) => 5,
        (0xe0, 0xb8 | 0xb9) => 6,
        (0xe3, 0x81..=0x83 | 0x90..) | (0xe4..=0xe9, _) => 7,
        (0xea, 0xb0..) | (0xeb..=0xed, _) => 8,
        _ => return None,
    })
}

/// The words, of running text, that are looked at.
const SAMPLE: usize = 200;
/// With fewer function words than this nothing is known, and every language may be meant.
const ENOUGH: u32 = 8;
/// A language with at least this share of the best one's words may be meant too: related
/// languages share many of them, and documents mix languages.
const SHARE: f32 = 0.4;

/// Whether a lower-case word is a function word of any of the languages.
pub(crate) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.iter().any(|(_, list)| list.split(' ').any(|w| w == word))
}

/// Tells languages of Latin script apart by their function words.
#[derive(Debug)]
pub(crate) struct Languages {
    /// For each word, a bit for each language that has it.
    words: FxHashMap<&'static str, u32>,
}

/// The bit that every document has.
const EVERY: u32 = 1 << 31;

/// A set of the gated languages and scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LanguageSet(u32);

impl Languages {
    pub(crate) fn new() -> Self {
        let mut words = FxHashMap::default();
        for (n, (_, list)) in FUNCTION_WORDS.iter().enumerate() {
            for word in list.split(' ') {
                *words.entry(word).or_insert(0) |= 1 << n;
            }
        }
        Self { words }
    }

    /// The gate of a language: the set that must be met for its rules to be tried. English, whose
    /// boilerplate stands everywhere, and languages that are not known here meet every set.
    pub(crate) fn gate(lang: &str) -> LanguageSet {
        let by_words = FUNCTION_WORDS.iter().position(|(name, _)| *name == lang);
        let by_script = SCRIPTS.iter().position(|names| names.contains(&lang));
        LanguageSet(match (by_words, by_script) {
            _ if lang == "en" => u32::MAX,
            (Some(n), _) => 1 << n,
            (_, Some(n)) => 1 << (FUNCTION_WORDS.len() + n),
            _ => u32::MAX,
        })
    }

    /// The languages that a document may be in: of Latin script, by its folded running text; of
    /// other scripts, by all of its folded text.
    pub(crate) fn of<'t>(
        &self,
        running: impl Iterator<Item = &'t str>,
        all: impl Iterator<Item = &'t str>,
    ) -> LanguageSet {
        LanguageSet(self.by_words(running) | by_script(all) | EVERY)
    }

    fn by_words<'t>(&self, texts: impl Iterator<Item = &'t str>) -> u32 {
        let mut counts = [0u32; FUNCTION_WORDS.len()];
        for word in texts.flat_map(|t| t.split(|c: char| !c.is_alphabetic())).filter(|w| !w.is_empty()).take(SAMPLE) {
            // No function word is longer.
            if word.len() > 8 {
                continue;
            }
            let mut bits = self.words.get(word).copied().unwrap_or(0);
            while bits != 0 {
                counts[bits.trailing_zeros() as usize] += 1;
                bits &= bits - 1;
            }
        }
        let best = counts.iter().copied().max().unwrap_or(0);
        if best < ENOUGH {
            return (1 << FUNCTION_WORDS.len()) - 1;
        }
        let mut set = 0;
        for (n, count) in counts.into_iter().enumerate() {
            set |= u32::from(count as f32 >= best as f32 * SHARE) << n;
        }
        set
    }
}

fn by_script<'t>(texts: impl Iterator<Item = &'t str>) -> u32 {
    /// A text with a letter beyond ASCII is still ASCII for the most part.
    const STRETCH: usize = 32;
    let mut set = 0;
    for bytes in texts.map(str::as_bytes) {
        for (start, stretch) in (0..).step_by(STRETCH).zip(bytes.chunks(STRETCH)).filter(|(_, s)| !s.is_ascii()) {
            for (at, lead) in (start..).zip(stretch).filter(|(_, b)| **b >= 0xce) {
                if let Some(n) = bytes.get(at + 1).and_then(|second| script(*lead, *second)) {
                    set |= 1 << (FUNCTION_WORDS.len() + n);
                }
            }
        }
    }
    set
}

impl LanguageSet {
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> LanguageSet {
        Languages::new().of(std::iter::once(text), std::iter::once(text))
    }

    fn met(text: &str) -> Vec<&'static str> {
        let names = FUNCTION_WORDS.iter().map(|(l, _)| *l).chain(SCRIPTS.iter().flat_map(|s| s.iter().copied()));
        names.filter(|l| Languages::gate(l).meets(set(text))).collect()
    }

    #[test]
    fn languages_are_told_apart() {
        let german = "der rat hat am montag beschlossen, dass die brücke nicht vor dem sommer und auch nicht ohne eine \
                      prüfung der statik für den verkehr geöffnet wird, sagte die sprecherin mit dem hinweis";
        assert_eq!(met(german), ["de", "en"]);
        let english = "the council of the town said that it would not open the bridge to the public before the end of \
                       the summer and asked for the patience of all who have to take the long way in the morning";
        assert_eq!(met(english), ["en"]);
        // Too little to know anything of Latin script.
        assert_eq!(met("breaking news").len(), FUNCTION_WORDS.len());
    }

    #[test]
    fn scripts_open_their_gates() {
        for (text, lang) in [
            ("новости дня", "ru"),
            ("أخبار اليوم", "ar"),
            ("समाचार", "hi"),
            ("今日のニュース", "ja"),
            ("新闻", "zh"),
            ("뉴스", "ko"),
            ("νέα", "el"),
            ("חדשות", "he"),
            ("ข่าว", "th"),
            ("খবর", "bn"),
        ] {
            assert!(Languages::gate(lang).meets(set(text)), "{lang}");
            assert!(!Languages::gate(lang).meets(set("café – “naïve” £5 • 10 €")), "{lang}");
        }
    }

    #[test]
    fn the_bits_suffice() {
        assert!(FUNCTION_WORDS.len() + SCRIPTS.len() < 31);
    }
}
