//! JSON as pages hold it: strings, lists and objects of wanted keys, and nothing else.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::repair::repair;

/// A value. Numbers, booleans and nulls say nothing of an article, so they are left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'j> {
    Nothing,
    Text(Cow<'j, str>),
    List(Vec<Json<'j>>),
    Object(Vec<(Cow<'j, str>, Json<'j>)>),
}

/// What of a text is read.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// Whether the value of a key is wanted; the values of other keys are skipped.
    pub key: fn(&str) -> bool,
    /// How many values are kept at most. What comes after is skipped.
    pub values: u32,
}

impl<'j> Json<'j> {
    /// Reads the one value that `text` is. `None` where it is not JSON, or nested too deep.
    pub(super) fn parse(text: &'j str, wanted: Wanted) -> Option<Self> {
        let budget = Cell::new(wanted.values);
        let mut json = serde_json::Deserializer::from_str(text);
        let value = Seed { key: wanted.key, budget: &budget }.deserialize(&mut json).ok()?;
        json.end().ok()?;
        Some(value)
    }

    /// Reads `text`, which is mended first if that is needed: then it is a list of the values found.
    pub(super) fn parse_lenient(text: &'j str, wanted: Wanted) -> Option<Self> {
        Self::parse(text, wanted).or_else(|| Json::parse(&repair(text), wanted).map(Json::into_owned))
    }

    /// Recurses no deeper than it was parsed.
    pub(super) fn into_owned(self) -> Json<'static> {
        match self {
            Self::Nothing => Json::Nothing,
            Self::Text(text) => Json::Text(Cow::Owned(text.into_owned())),
            Self::List(items) => Json::List(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(entries) => Json::Object(
                entries.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect(),
            ),
        }
    }

    /// The value of `key`, if this is an object that has one.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The string that this is, or that stands for it: the first of a list, or a typed value.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(items) => match items.first()? {
                Self::Text(text) => Some(text),
                item => item.get("@value")?.own_text(),
            },
            Self::Object(_) => self.get("@value")?.own_text(),
            Self::Nothing => None,
        }
    }

    fn own_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; of anything else, itself.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

#[derive(Clone, Copy)]
struct Seed<'b> {
    key: fn(&str) -> bool,
    budget: &'b Cell<u32>,
}

impl Seed<'_> {
    /// Takes one from the budget; false where it is spent.
    fn affords(&self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json<'de>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json<'de>, E> {
        Ok(Json::Nothing)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json<'de>, E> {
        Ok(Json::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Nothing)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while self.budget.get() > 0 {
            match seq.next_element_seed(self)? {
                Some(Json::Nothing) => {}
                Some(item) => {
                    self.affords();
                    items.push(item);
                }
                None => return Ok(Json::List(items)),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            if !(self.key)(&key) || !self.affords() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value_seed(self)? {
                Json::Nothing => {}
                value => entries.push((key, value)),
            }
        }
        Ok(Json::Object(entries))
    }
}

/// A key, borrowed where it holds no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Wanted = Wanted { key: |_| true, values: 100 };

    #[test]
    fn only_what_is_wanted() {
        let wanted = Wanted { key: |key| key == "name" || key == "b", values: 100 };
        let json = Json::parse(r#"{"a": {"name": "x"}, "b": [1, {"name": "y", "c": 2}, null], "name": "z"}"#, wanted);
        let json = json.expect("valid");
        assert_eq!(json.get("name").and_then(Json::text), Some("z"));
        assert_eq!(json.get("a"), None);
        assert_eq!(json.get("b").map(|b| b.items().len()), Some(1));
    }

    #[test]
    fn strings_are_borrowed_where_they_can_be() {
        let json = Json::parse(r#"["plain", "esc\u0061ped"]"#, ALL).expect("valid");
        let owned = json.items().iter().map(|item| matches!(item, Json::Text(Cow::Owned(_)))).collect::<Vec<_>>();
        assert_eq!(owned, [false, true]);
    }

    #[test]
    fn the_budget_holds() {
        let many = format!("[{}\"last\"]", "\"x\",".repeat(100_000));
        assert_eq!(Json::parse(&many, ALL).expect("valid").items().len(), 100);
        let nested = format!("[{}]", vec!["{\"a\":[[[]]]}"; 100_000].join(","));
        assert!(Json::parse(&nested, ALL).expect("valid").items().len() <= 100);
    }

    #[test]
    fn too_deep_is_cut_down() {
        let deep = format!("{}\"x\"{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(Json::parse(&deep, ALL), None);
        assert!(Json::parse_lenient(&deep, ALL).is_some());
        let open = "{\"a\":".repeat(1_000_000);
        assert!(Json::parse_lenient(&open, ALL).is_some());
    }
}
