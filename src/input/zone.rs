//! Times in a named time zone, told in UTC.
//!
//! A column of times may name a zone, such as `Europe/Berlin`. Its values are instants all the same, and only
//! to tell the local time would take the tables of all zones, which are large and keep changing.

use arrow_array::Array;
use arrow_cast::cast;
use arrow_cast::display::array_value_to_string;
use arrow_json::writer::{Encoder, EncoderFactory, EncoderOptions, NullableEncoder};
use arrow_schema::{ArrowError, DataType, FieldRef};

/// Whether values are times in a zone that has a name.
pub(super) fn is_named(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Timestamp(_, Some(zone)) if !zone.starts_with(['+', '-']))
}

/// A time as ISO 8601 has it, in UTC. `None` for one that no calendar reaches.
pub(super) fn in_utc(array: &dyn Array, row: usize) -> Option<String> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else { return None };
    let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
    let time = cast(&array.slice(row, 1), &utc).ok()?;
    array_value_to_string(&time, 0).ok()
}

/// Has such times, however deep inside a value, written in UTC.
#[derive(Debug)]
pub(super) struct NamedZones;

impl EncoderFactory for NamedZones {
    fn make_default_encoder<'a>(
        &self,
        _: &'a FieldRef,
        array: &'a dyn Array,
        _: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let encoder = || NullableEncoder::new(Box::new(InUtc(array)), array.nulls().cloned());
        Ok(is_named(array.data_type()).then(encoder))
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
