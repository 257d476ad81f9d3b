//! Which languages a text may be in, as far as rules need to know it.
//!
//! Rules of languages with a script of their own need no gate: their words do not occur elsewhere.
//! Among the languages of Latin script, "source", "tag" or "pub" would be found in each other's
//! texts, so the rules of a language are only tried where its function words stand.

use rustc_hash::FxHashMap;

/// The commonest words that a language does not share with too many others, folded.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    ("cs", "a v na se že je jsou ale jako nebo podle"),
    ("da", "og at det er på til af ikke med den der har fra"),
    ("de", "der die und das ist nicht mit von den ein eine auch für sich dem auf im"),
    ("en", "the and of to in is that for was on with as are at by from"),
    ("es", "el los las que en una por con del para su se más como"),
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

/// The words, of running text, that are looked at.
const SAMPLE: usize = 400;
/// With fewer function words than this nothing is known, and every language may be meant.
const ENOUGH: u32 = 8;
/// A language with at least this share of the best one's words may be meant too: related
/// languages share many of them, and documents mix languages.
const SHARE: f32 = 0.4;

/// Tells languages of Latin script apart by their function words.
#[derive(Debug)]
pub(crate) struct Languages {
    /// For each word, a bit for each language that has it.
    words: FxHashMap<&'static str, u32>,
}

/// A set of the gated languages.
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

    /// The gate of a language: the set that must be met for its rules to be tried. Languages
    /// that need no gate meet every set; so does English, whose boilerplate stands everywhere.
    pub(crate) fn gate(lang: &str) -> LanguageSet {
        if lang == "en" {
            return LanguageSet(u32::MAX);
        }
        LanguageSet(FUNCTION_WORDS.iter().position(|(name, _)| *name == lang).map_or(u32::MAX, |n| 1 << n))
    }

    /// The languages that the given pieces of folded running text may be in.
    pub(crate) fn of<'t>(&self, texts: impl Iterator<Item = &'t str>) -> LanguageSet {
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
            return LanguageSet(u32::MAX >> 1);
        }
        let mut set = 1 << 31;
        for (n, count) in counts.into_iter().enumerate() {
            set |= u32::from(count as f32 >= best as f32 * SHARE) << n;
        }
        LanguageSet(set)
    }
}

impl LanguageSet {
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        let languages = Languages::new();
        let gates = |text: &str| {
            let set = languages.of(std::iter::once(text));
            FUNCTION_WORDS.iter().filter(|(l, _)| Languages::gate(l).meets(set)).map(|(l, _)| *l).collect::<Vec<_>>()
        };
        let german = "der rat hat am montag beschlossen, dass die brücke nicht vor dem sommer und auch nicht ohne eine prüfung der statik für den verkehr geöffnet wird, sagte die sprecherin mit dem hinweis auf das gutachten";
        assert_eq!(gates(german), ["de", "en"]);
        assert!(Languages::gate("en").meets(languages.of(std::iter::once(german))));
        assert!(Languages::gate("ru").meets(languages.of(std::iter::once(german))));
        // Too little to know anything.
        assert_eq!(gates("breaking news").len(), FUNCTION_WORDS.len());
    }

    #[test]
    fn english_text_tries_no_foreign_rules() {
        let text = "the council of the town said that it would not open the bridge to the public before the end of the summer and asked for the patience of all who have to take the long way in the morning. it is on a list of works to be done.";
        let set = Languages::new().of(std::iter::once(text));
        for lang in ["de", "fr", "es", "it", "pt", "pl"] {
            assert!(!Languages::gate(lang).meets(set), "{lang}");
        }
    }
}
