//! Values that JSON, or our writer of it, has no form for: told in another that it has.
//!
//! - A time in a named zone, such as `Europe/Berlin`, is told in UTC. It is an instant all the same, and to
//!   tell the local time would take the tables of all zones, which are large and keep changing.
//! - A map has its keys told as strings.

use std::sync::Arc;

use arrow_array::Array;
use arrow_cast::display::array_value_to_string;
use arrow_cast::{can_cast_types, cast};
use arrow_json::writer::{Encoder, EncoderFactory, EncoderOptions, NullableEncoder, make_encoder};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};

/// How values are written: nulls are, and what has no form of its own is told in another, however deep it is
/// inside a value.
pub(super) fn options() -> EncoderOptions {
    EncoderOptions::default().with_explicit_nulls(true).with_encoder_factory(Arc::new(Retold))
}

/// Whether values are times in a zone that has a name.
pub(super) fn is_zone_named(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Timestamp(_, Some(zone)) if !zone.starts_with(['+', '-']))
}

/// A time as ISO 8601 has it, in UTC. `None` for one that no calendar reaches.
pub(super) fn in_utc(array: &dyn Array, row: usize) -> Option<String> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else { return None };
    let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
    let time = cast(&array.slice(row, 1), &utc).ok()?;
    array_value_to_string(&time, 0).ok()
}

#[derive(Debug)]
struct Retold;

impl EncoderFactory for Retold {
    fn make_default_encoder<'a>(
        &self,
        _: &'a FieldRef,
        array: &'a dyn Array,
        _: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let encoder: Box<dyn Encoder + 'a> = match array.data_type() {
            zoned if is_zone_named(zoned) => Box::new(InUtc(array)),
            map => match with_string_keys(map) {
                Some(told) => Box::new(Map { array, told: Arc::new(Field::new("map", told, true)) }),
                None => return Ok(None),
            },
        };
        Ok(Some(NullableEncoder::new(encoder, array.nulls().cloned())))
    }
}

struct InUtc<'a>(&'a dyn Array);

impl Encoder for InUtc<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        match in_utc(self.0, row) {
            Some(time) => {
                out.push(b'"');
                out.extend(time.as_bytes());
                out.push(b'"');
            }
            None => out.extend(b"null"),
        }
    }
}

/// A map whose keys are no strings, and the type it has when they are.
struct Map<'a> {
    array: &'a dyn Array,
    told: FieldRef,
}

impl Encoder for Map<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let options = options();
        let one = cast(&self.array.slice(row, 1), self.told.data_type());
        let encoded = one.and_then(|one| {
            make_encoder(&self.told, &one, &options)?.encode(0, out);
            Ok(())
        });
        if encoded.is_err() {
            out.extend(b"null");
        }
    }
}

/// The type of a map with strings for keys; `None` if they are strings, or cannot be told as such.
fn with_string_keys(map: &DataType) -> Option<DataType> {
    let DataType::Map(entries, is_sorted) = map else { return None };
    let DataType::Struct(pair) = entries.data_type() else { return None };
    let [key, value] = &pair[..] else { return None };
    if key.data_type().is_string() || !can_cast_types(key.data_type(), &DataType::Utf8) {
        return None;
    }
    let key = Arc::new(Field::clone(key).with_data_type(DataType::Utf8));
    let pair = DataType::Struct(Fields::from(vec![key, Arc::clone(value)]));
    Some(DataType::Map(Arc::new(Field::clone(entries).with_data_type(pair)), *is_sorted))
}
