//! A Parquet file, written a row group at a time.
//!
//! A Parquet file is whole only with the footer at its end, which knows where every row group is. To go on
//! with a file after a run was killed, and to come to the very same bytes, each row group is therefore made
//! by itself in memory and handed out as plain bytes to append; what the footer will say of it is kept, and
//! can be [saved](ParquetFile::state) and [taken up](ParquetFile::resume) whenever no row group is begun.

use std::io;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataBuilder, ParquetMetaDataOptions};
use parquet::file::metadata::{ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::columns::Columns;

/// A row group is full with so many rows.
const ROWS: usize = 4096;

/// A row group is full with so many bytes of content, before they are encoded.
const BYTES: usize = 32 << 20;

/// How strongly pages are compressed: zstd's own default.
const LEVEL: i32 = 3;

/// The first bytes of every Parquet file, and its last.
const MAGIC: &[u8] = b"PAR1";

/// After the footer: its length (4 bytes), and the magic bytes.
const TAIL: usize = 8;

/// A file in the making. It knows no path: it takes batches and gives bytes.
pub(super) struct ParquetFile {
    columns: Columns,
    properties: WriterProperties,
    /// What the footer says of the file as a whole.
    about: FileMetaData,
    /// What it says of the row groups that were given out.
    groups: Vec<RowGroupMetaData>,
    /// How many bytes were given out, with the head.
    position: i64,
    /// The row group that is not yet full.
    open: Option<Open>,
}

/// A row group in the making.
struct Open {
    /// It writes a file of its own, of which only the row group is taken.
    writer: ArrowWriter<Vec<u8>>,
    rows: usize,
    bytes: usize,
}

impl ParquetFile {
    /// A new file.
    ///
    /// # Errors
    /// When Parquet has no such columns.
    pub(super) fn new(columns: &Columns) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
            // When a row group is full is said here, and not by the writer.
            .set_max_row_group_row_count(None)
            .set_created_by(concat!("cleancopy ", env!("CARGO_PKG_VERSION")).to_owned())
            // An index of pages would stand between the row groups and the footer, and hold places to shift.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let empty = writer(columns, &properties)?.close()?;
        Ok(Self {
            columns: columns.clone(),
            properties,
            about: empty.file_metadata().clone(),
            groups: Vec::new(),
            position: MAGIC.len() as i64,
            open: None,
        })
    }

    /// The file's first bytes, before any row group.
    pub(super) fn head() -> &'static [u8] {
        MAGIC
    }

    /// Takes batches, and gives back what is to be appended to the file: a row group if it has become
    /// full with them, else nothing. Whether it is full depends on nothing but the rows since the last
    /// one; batches that are given together are never parted.
    ///
    /// # Errors
    /// When a batch is not of the columns the file was made for.
    pub(super) fn write(&mut self, batches: &[RecordBatch]) -> io::Result<Vec<u8>> {
        for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
            let open = match &mut self.open {
                Some(open) => open,
                none => none.insert(Open { writer: writer(&self.columns, &self.properties)?, rows: 0, bytes: 0 }),
            };
            open.writer.write(batch)?;
            open.rows += batch.num_rows();
            open.bytes += content_bytes(batch)?;
        }
        match &self.open {
            Some(open) if open.rows >= ROWS || open.bytes >= BYTES => self.close_group(),
            _ => Ok(Vec::new()),
        }
    }

    /// Whether everything taken has been given out. Only then is [`state`](Self::state) all there is.
    pub(super) fn is_at_boundary(&self) -> bool {
        self.open.is_none()
    }

    /// How long the file is with all that was given out, the head included: what a file that is gone on
    /// with has to be cut to.
    pub(super) fn position(&self) -> u64 {
        self.position.unsigned_abs()
    }

    /// What it takes to go on from here, to be kept outside the file: a footer of the row groups so far.
    ///
    /// # Errors
    /// When the footer cannot be encoded.
    pub(super) fn state(&self) -> io::Result<Vec<u8>> {
        encode(&self.about, self.groups.clone())
    }

    /// Goes on from a [`state`](Self::state).
    ///
    /// # Errors
    /// When the state cannot be read, or is that of a file with other columns.
    pub(super) fn resume(columns: &Columns, state: &[u8]) -> io::Result<Self> {
        let mut file = Self::new(columns)?;
        let footer = decode(state)?;
        if !is_same_file(footer.file_metadata(), &file.about) {
            return Err(io::Error::other("the unfinished Parquet file has other columns or is of another version"));
        }
        file.groups = footer.row_groups().to_vec();
        file.position += file.groups.iter().map(RowGroupMetaData::compressed_size).sum::<i64>();
        Ok(file)
    }

    /// Ends the file: the last row group, if one was begun, and the footer.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = self.close_group()?;
        bytes.extend(self.state()?);
        Ok(bytes)
    }

    /// Encodes the row group that was begun, and moves it to its place in the file.
    fn close_group(&mut self) -> io::Result<Vec<u8>> {
        let Some(Open { mut writer, .. }) = self.open.take() else { return Ok(Vec::new()) };
        writer.flush()?;
        writer.sync()?;
        let group = match writer.flushed_row_groups() {
            [group] => moved(group.clone(), self.position - MAGIC.len() as i64, self.groups.len())?,
            groups => return Err(io::Error::other(format!("{} row groups where one was meant", groups.len()))),
        };
        let mut bytes = std::mem::take(writer.inner_mut());
        bytes.drain(..MAGIC.len());
        if bytes.len() as i64 != group.compressed_size() {
            return Err(io::Error::other("a row group is not as long as it says"));
        }
        self.position += group.compressed_size();
        // What is kept is what a resumed run would read: a few outdated fields are written but not read.
        self.groups.extend_from_slice(decode(&encode(&self.about, vec![group])?)?.row_groups());
        Ok(bytes)
    }
}

fn writer(columns: &Columns, properties: &WriterProperties) -> Result<ArrowWriter<Vec<u8>>, ParquetError> {
    ArrowWriter::try_new(Vec::new(), Arc::clone(columns.schema()), Some(properties.clone()))
}

/// A footer, with its tail.
fn encode(about: &FileMetaData, groups: Vec<RowGroupMetaData>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let footer = ParquetMetaDataBuilder::new(about.clone()).set_row_groups(groups).build();
    ParquetMetaDataWriter::new(&mut bytes, &footer).finish()?;
    Ok(bytes)
}

/// The reverse of [`encode`].
fn decode(bytes: &[u8]) -> io::Result<ParquetMetaData> {
    let (footer, tail) = bytes.split_at(bytes.len().saturating_sub(TAIL));
    let len = u32::try_from(footer.len()).unwrap_or(u32::MAX).to_le_bytes();
    if tail.strip_prefix(&len) != Some(MAGIC) {
        return Err(io::Error::other("the state of the Parquet file is damaged"));
    }
    // Encodings with their counts, as the writer has them, and not only which there are.
    let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
    Ok(ParquetMetaDataReader::decode_metadata_with_options(footer, Some(&options))?)
}

/// What a row group says of itself when it stands so many bytes further on.
fn moved(group: RowGroupMetaData, by: i64, number: usize) -> Result<RowGroupMetaData, ParquetError> {
    let columns = group.columns().iter().map(|column| {
        let (data, dictionary) = (column.data_page_offset(), column.dictionary_page_offset());
        let column = column.clone().into_builder().set_data_page_offset(data + by);
        column.set_dictionary_page_offset(dictionary.map(|at| at + by)).build()
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let at = group.file_offset().map(|at| at + by);
    let mut builder = group.into_builder().set_column_metadata(columns);
    if let Some(at) = at {
        builder = builder.set_file_offset(at);
    }
    // A file with more row groups than the number can hold goes without.
    match i32::try_from(number) {
        Ok(number) => builder.set_ordinal(number).build(),
        Err(_) => builder.build(),
    }
}

/// How many bytes of content a batch holds, whatever memory it takes.
fn content_bytes(batch: &RecordBatch) -> io::Result<usize> {
    let sizes = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    sizes.sum::<Result<usize, _>>().map_err(io::Error::other)
}

/// Whether two footers are of files with the same columns, written by the same program.
fn is_same_file(one: &FileMetaData, other: &FileMetaData) -> bool {
    one.schema() == other.schema()
        && one.key_value_metadata() == other.key_value_metadata()
        && one.created_by() == other.created_by()
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::{ArrayRef, Int64Array, StructArray};
    use arrow_schema::{DataType, Field, Fields};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::super::columns::{ExtraColumn, tests::record};
    use super::*;

    /// Batches of 1000 records, so that every fifth fills a row group.
    fn pages(columns: &Columns, count: usize) -> Vec<Vec<RecordBatch>> {
        let page = |number: usize| {
            let records: Vec<_> = (number * 1000..(number + 1) * 1000).map(record).collect();
            columns.batches(&records, None).unwrap()
        };
        (0..count).map(page).collect()
    }

    fn read(bytes: Vec<u8>) -> (arrow_schema::SchemaRef, Vec<RecordBatch>) {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
        let schema = Arc::clone(reader.schema());
        (schema, reader.build().unwrap().map(Result::unwrap).collect())
    }

    #[test]
    fn a_file_gone_on_with_at_any_boundary_is_the_same() {
        let columns = Columns::new(true, ExtraColumn::Json);
        let pages = pages(&columns, 12);
        let mut whole = ParquetFile::head().to_vec();
        let mut file = ParquetFile::new(&columns).unwrap();
        let mut saved = vec![(0, whole.len(), file.state().unwrap())];
        for (number, page) in pages.iter().enumerate() {
            whole.extend(file.write(page).unwrap());
            if file.is_at_boundary() {
                assert_eq!(file.position(), whole.len() as u64);
                saved.push((number + 1, whole.len(), file.state().unwrap()));
            }
        }
        whole.extend(file.finish().unwrap());
        assert_eq!(saved.iter().map(|(next, ..)| *next).collect::<Vec<_>>(), [0, 5, 10]);
        for (next, len, state) in saved {
            let mut file = ParquetFile::resume(&columns, &state).unwrap();
            assert_eq!((file.position(), file.is_at_boundary()), (len as u64, true));
            assert!(file.state().unwrap() == state, "the state after page {next} is not the same again");
            let mut again = whole[..len].to_vec();
            for page in &pages[next..] {
                again.extend(file.write(page).unwrap());
            }
            again.extend(file.finish().unwrap());
            assert!(again == whole, "gone on with before page {next}");
        }

        let footer = ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::from(whole.clone())).unwrap();
        assert_eq!(footer.row_groups().iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>(), [5000, 5000, 2000]);
        assert_eq!(
            footer.row_groups().iter().map(RowGroupMetaData::ordinal).collect::<Vec<_>>(),
            [Some(0), Some(1), Some(2)]
        );
        let about = footer.file_metadata();
        assert_eq!(about.created_by(), Some(concat!("cleancopy ", env!("CARGO_PKG_VERSION"))));
        assert!(about.key_value_metadata().unwrap().iter().any(|pair| pair.key == "ARROW:schema"));

        let (schema, batches) = read(whole);
        assert_eq!(schema.fields(), columns.schema().fields());
        let concat = |batches: &[RecordBatch]| arrow_select::concat::concat_batches(&schema, batches).unwrap();
        let written: Vec<_> = pages.into_iter().flatten().collect();
        let written: Vec<_> =
            written.iter().map(|batch| batch.clone().with_schema(Arc::clone(&schema)).unwrap()).collect();
        assert!(concat(&batches) == concat(&written), "what is read is what was written");
    }

    #[test]
    fn a_row_group_is_full_by_its_bytes_too() {
        let columns = Columns::new(false, ExtraColumn::Json);
        let large = || {
            let mut record = record(1);
            record.body = "x".repeat(BYTES / 2);
            columns.batches(&[record], None).unwrap()
        };
        let mut file = ParquetFile::new(&columns).unwrap();
        assert_eq!(file.write(&large()).unwrap(), b"");
        assert!(!file.is_at_boundary());
        assert!(!file.write(&large()).unwrap().is_empty());
        assert!(file.is_at_boundary());
    }

    #[test]
    fn a_file_without_records_is_a_file() {
        let columns = Columns::new(false, ExtraColumn::Json);
        let mut bytes = ParquetFile::head().to_vec();
        bytes.extend(ParquetFile::new(&columns).unwrap().finish().unwrap());
        let (schema, batches) = read(bytes);
        assert_eq!((schema.fields(), batches.len()), (columns.schema().fields(), 0));
    }

    #[test]
    fn typed_columns_keep_their_types() {
        let stamp = DataType::Timestamp(arrow_schema::TimeUnit::Millisecond, Some("UTC".into()));
        let fields = Fields::from(vec![Field::new("n", DataType::Int64, true), Field::new("at", stamp.clone(), true)]);
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
        let stamps = arrow_cast::cast(&numbers, &stamp).unwrap();
        let extra = StructArray::new(fields.clone(), vec![numbers, stamps], None);
        let columns = Columns::new(false, ExtraColumn::Typed(fields));
        let mut file = ParquetFile::new(&columns).unwrap();
        let batches = columns.batches(&[record(0), record(1)], Some(&extra)).unwrap();
        let mut bytes = ParquetFile::head().to_vec();
        bytes.extend(file.write(&batches).unwrap());
        bytes.extend(file.finish().unwrap());
        assert_eq!(read(bytes).1[0].column_by_name("extra").unwrap().as_struct(), &extra);
    }

    #[test]
    fn a_foreign_or_damaged_state_is_refused() {
        let columns = Columns::new(false, ExtraColumn::Json);
        let state = ParquetFile::new(&columns).unwrap().state().unwrap();
        let reason = |columns: &Columns, state: &[u8]| ParquetFile::resume(columns, state).err().unwrap().to_string();
        let other = Columns::new(true, ExtraColumn::Json);
        assert!(reason(&other, &state).starts_with("the unfinished Parquet file has other columns"));
        for cut in 0..state.len() {
            reason(&columns, &state[..cut]);
        }
    }
}
