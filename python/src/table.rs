//! Arrow tables: in by the C data interface without a copy, out as a table of pyarrow.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_pyarrow::{FromPyArrow, IntoPyArrow, Table as Outcome, ToPyArrow};
use arrow_schema::Schema;
use cleancopy::input::Fields;
use cleancopy::table::Table;
use cleancopy::{Batch, Cleaner};
use pyo3::exceptions::{PyImportError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PySlice;

use crate::options::exception;
use crate::waiting::unless_interrupted;

/// Of each column that stays the name, and the number it had.
pub(crate) type Kept = Vec<(String, usize)>;

/// What is asked for.
pub(crate) struct Request {
    pub(crate) fields: Fields,
    pub(crate) source: Option<String>,
    pub(crate) first: u64,
    pub(crate) emit_text: bool,
}

impl Request {
    fn table(&self, schema: &Arc<Schema>) -> PyResult<Table> {
        let mut table =
            Table::new(schema, &self.fields).map_err(exception)?.with_text(self.emit_text).with_first(self.first);
        if let Some(source) = &self.source {
            table = table.with_source(source.as_str());
        }
        Ok(table)
    }
}

/// Cleans the rows of a table.
pub(crate) fn clean<'py>(
    cleaner: &Cleaner,
    given: &Bound<'py, PyAny>,
    request: &Request,
    threads: Batch,
) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    py.import("pyarrow").map_err(|cause| {
        let error = PyImportError::new_err("a table needs pyarrow: pip install 'cleancopy[arrow]'");
        error.set_cause(py, Some(cause));
        error
    })?;
    let mut reader = reader(given)?;
    let table = request.table(&reader.schema())?;
    let broken = Mutex::new(None);
    let mut cleaned = Vec::new();
    let run = unless_interrupted(py, |stop| {
        let batches = std::iter::from_fn(|| {
            let note = |error| *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            reader.next()?.map_err(note).ok()
        });
        table.clean(cleaner, batches, &threads.with_stop(stop), |batch| {
            cleaned.push(batch);
            ControlFlow::Continue(())
        })
    })?;
    run.map_err(exception)?;
    if let Some(error) = broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(PyValueError::new_err(format!("the table cannot be read: {error}")));
    }
    let schema = Arc::clone(table.schema());
    Outcome::try_new(cleaned, schema).map_err(|error| PyValueError::new_err(error.to_string()))?.into_pyarrow(py)
}

/// The schema of what comes of tables of this schema, and of each column that stays the name and the number it had.
pub(crate) fn schema<'py>(given: &Bound<'py, PyAny>, request: &Request) -> PyResult<(Bound<'py, PyAny>, Kept)> {
    let table = request.table(&Arc::new(Schema::from_pyarrow_bound(given)?))?;
    let kept = table.kept().map(|(name, at)| (name.to_owned(), at)).collect();
    Ok((table.schema().to_pyarrow(given.py())?, kept))
}

/// The batches of anything that gives them by the C data interface.
fn reader(given: &Bound<'_, PyAny>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    if given.hasattr("__arrow_c_stream__")? {
        return Ok(Box::new(RecordBatchStreamReader::from_pyarrow_bound(given)?));
    }
    if given.hasattr("__arrow_c_array__")? {
        let batch = RecordBatch::from_pyarrow_bound(given)?;
        let schema = batch.schema();
        return Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    }
    // A dataset of Hugging Face gives tables when it is asked to.
    if given.hasattr("with_format")? && given.hasattr("num_rows")? {
        let rows = PySlice::full(given.py());
        return reader(&given.call_method1("with_format", ("arrow",))?.get_item(rows)?);
    }
    let what = given.get_type().fully_qualified_name()?;
    let message = format!(
        "{what} has no Arrow C data interface (__arrow_c_stream__ or __arrow_c_array__); give a table of pyarrow, \
         Polars, pandas or DuckDB, or pyarrow.table(...) of it"
    );
    Err(PyTypeError::new_err(message))
}
