//! One value of an Arrow column: as what a record needs it, and as JSON.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_json::writer::make_encoder;
use arrow_schema::{DataType, FieldRef};
use serde_json::value::RawValue;

use super::retold::{in_utc, is_zone_named, options};

/// A value, told apart as far as a record must know it.
#[derive(Debug, PartialEq)]
pub(super) enum Cell<'c> {
    /// None.
    Null,
    /// A string.
    Text(Cow<'c, str>),
    /// Bytes, of which the file does not say that they are a string. Crawls keep pages so.
    Bytes(Cow<'c, [u8]>),
    /// A number, in figures.
    Number(String),
    /// A date or a time, as ISO 8601 has it.
    Time(String),
    /// What it is else, with its article.
    Other(&'static str),
}

impl Cell<'_> {
    fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Bytes(bytes) => Cell::Bytes(Cow::Owned(bytes.into_owned())),
            Self::Number(number) => Cell::Number(number),
            Self::Time(time) => Cell::Time(time),
            Self::Other(what) => Cell::Other(what),
        }
    }
}

/// The value of a row.
pub(super) fn cell(array: &dyn Array, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::Null;
    }
    let text = |text| Cell::Text(Cow::Borrowed(text));
    let bytes = |bytes| Cell::Bytes(Cow::Borrowed(bytes));
    match array.data_type() {
        DataType::Null => Cell::Null,
        DataType::Utf8 => text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => text(array.as_string_view().value(row)),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(array.as_fixed_size_binary().value(row)),
        DataType::Dictionary(_, value) => unpacked(array, row, value),
        DataType::RunEndEncoded(_, values) => unpacked(array, row, values.data_type()),
        DataType::Boolean => Cell::Other("a truth value"),
        DataType::Struct(_) | DataType::Map(..) => Cell::Other("an object"),
        other if other.is_numeric() => shown(array, row).map_or(Cell::Other("a number"), Cell::Number),
        other if is_zone_named(other) => in_utc(array, row).map_or(Cell::Other("a time"), Cell::Time),
        other if other.is_temporal() => shown(array, row).map_or(Cell::Other("a time"), Cell::Time),
        other if other.is_nested() => Cell::Other("a list"),
        _ => Cell::Other("of a type of its own"),
    }
}

/// A value that the column holds by number.
fn unpacked(array: &dyn Array, row: usize, values: &DataType) -> Cell<'static> {
    match cast(&array.slice(row, 1), values) {
        Ok(one) => cell(&one, 0).into_owned(),
        Err(_) => Cell::Other("of a type of its own"),
    }
}

/// Whether the values of a column are strings, or bytes that may be.
pub(super) fn is_string(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_string(values),
        DataType::RunEndEncoded(_, values) => is_string(values.data_type()),
        other => other.is_string() || other.is_binary(),
    }
}

/// A value as JSON. `None` where nobody knows how to write it.
///
/// Bytes are written in hexadecimal, dates and times as strings, a NaN as null; what has no form in JSON at all
/// as the string that shows it.
pub(super) fn json(field: &FieldRef, array: &dyn Array, row: usize) -> Option<Box<RawValue>> {
    if array.is_null(row) {
        return Some(RawValue::NULL.to_owned());
    }
    encoded(field, array, row).or_else(|| {
        let shown = serde_json::to_string(&shown(array, row)?).ok()?;
        RawValue::from_string(shown).ok()
    })
}

fn encoded(field: &FieldRef, array: &dyn Array, row: usize) -> Option<Box<RawValue>> {
    let options = options();
    let mut encoder = make_encoder(field, array, &options).ok()?;
    if encoder.is_null(row) {
        return Some(RawValue::NULL.to_owned());
    }
    let mut out = Vec::new();
    encoder.encode(row, &mut out);
    RawValue::from_string(String::from_utf8(out).ok()?).ok()
}

fn shown(array: &dyn Array, row: usize) -> Option<String> {
    let options = FormatOptions::new();
    let formatter = ArrayFormatter::try_new(array, &options).ok()?;
    formatter.value(row).try_to_string().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::types::{Int8Type, TimestampMillisecondType};
    use arrow_array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array};
    use arrow_array::{BinaryArray, Int64Array, NullArray, PrimitiveArray, StringArray, StructArray};
    use arrow_schema::Field;

    use super::*;

    fn columns() -> Vec<(ArrayRef, Cell<'static>, &'static str)> {
        let mut list = ListBuilder::new(Int32Builder::new());
        list.append_value([Some(1), None]);
        let mut by_name = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        by_name.keys().append_value("k");
        by_name.values().append_value(1);
        by_name.append(true).unwrap();
        let mut by_number = MapBuilder::new(None, Int32Builder::new(), Int32Builder::new());
        by_number.keys().append_value(1);
        by_number.values().append_value(2);
        by_number.append(true).unwrap();
        let by_number: ArrayRef = Arc::new(by_number.finish());
        let field = Arc::new(Field::new("m", by_number.data_type().clone(), true));
        let numbered = StructArray::from(vec![(field, ArrayRef::clone(&by_number))]);
        let inner: ArrayRef = Arc::new(Int64Array::from(vec![None]));
        let object = StructArray::from(vec![(Arc::new(Field::new("a", DataType::Int64, true)), inner)]);
        let berlin =
            PrimitiveArray::<TimestampMillisecondType>::from(vec![1_700_000_000_000]).with_timezone("Europe/Berlin");
        let zoned: ArrayRef = Arc::new(berlin);
        let field = Arc::new(Field::new("at", zoned.data_type().clone(), true));
        let inside = StructArray::from(vec![(field, ArrayRef::clone(&zoned))]);
        let stamps: PrimitiveArray<TimestampMillisecondType> = vec![1_700_000_000_123].into();
        let text = |text: &'static str| Cell::Text(text.into());
        vec![
            (Arc::new(StringArray::from(vec!["a\"\n"])), text("a\"\n"), r#""a\"\n""#),
            (Arc::new(StringArray::new_null(1)), Cell::Null, "null"),
            (Arc::new(NullArray::new(1)), Cell::Null, "null"),
            (Arc::new(DictionaryArray::<Int8Type>::from_iter(["d"])), text("d"), r#""d""#),
            (Arc::new(DictionaryArray::<Int8Type>::from_iter([None::<&str>])), Cell::Null, "null"),
            (Arc::new(BinaryArray::from_vec(vec![b"\xff\x00"])), Cell::Bytes(b"\xff\x00"[..].into()), r#""ff00""#),
            (Arc::new(Int64Array::from(vec![-7])), Cell::Number("-7".to_owned()), "-7"),
            (Arc::new(Float64Array::from(vec![2.5])), Cell::Number("2.5".to_owned()), "2.5"),
            (Arc::new(Float64Array::from(vec![f64::NAN])), Cell::Number("NaN".to_owned()), "null"),
            (
                Arc::new(Decimal128Array::from(vec![1250]).with_precision_and_scale(6, 2).unwrap()),
                Cell::Number("12.50".to_owned()),
                "12.50",
            ),
            (Arc::new(BooleanArray::from(vec![true])), Cell::Other("a truth value"), "true"),
            (Arc::new(Date32Array::from(vec![19_000])), Cell::Time("2022-01-08".to_owned()), r#""2022-01-08""#),
            (
                Arc::new(stamps.clone()),
                Cell::Time("2023-11-14T22:13:20.123".to_owned()),
                r#""2023-11-14T22:13:20.123""#,
            ),
            (
                Arc::new(stamps.with_timezone("+01:00")),
                Cell::Time("2023-11-14T23:13:20.123+01:00".to_owned()),
                r#""2023-11-14T23:13:20.123+01:00""#,
            ),
            (zoned, Cell::Time("2023-11-14T22:13:20Z".to_owned()), r#""2023-11-14T22:13:20Z""#),
            (Arc::new(numbered), Cell::Other("an object"), r#"{"m":{"1":2}}"#),
            (Arc::new(inside), Cell::Other("an object"), r#"{"at":"2023-11-14T22:13:20Z"}"#),
            (Arc::new(list.finish()), Cell::Other("a list"), "[1,null]"),
            (Arc::new(object), Cell::Other("an object"), r#"{"a":null}"#),
            (Arc::new(by_name.finish()), Cell::Other("an object"), r#"{"k":1}"#),
            (by_number, Cell::Other("an object"), r#"{"1":2}"#),
        ]
    }

    #[test]
    fn values_of_every_type_are_told_apart_and_written() {
        for (array, wanted, wanted_json) in columns() {
            assert_eq!(cell(&array, 0), wanted, "{:?}", array.data_type());
            let field = Arc::new(Field::new("x", array.data_type().clone(), true));
            let json = json(&field, &array, 0);
            assert_eq!(json.as_deref().map(RawValue::get), Some(wanted_json), "{:?}", array.data_type());
        }
    }
}
