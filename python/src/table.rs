//! Arrow tables: in by the C data interface without a copy, out as a table of pyarrow.

use std::fmt::Display;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_pyarrow::{FromPyArrow, IntoPyArrow, Table as Outcome};
use arrow_schema::Schema;
use cleancopy::input::Fields;
use cleancopy::table::Table;
use cleancopy::{Batch, Cleaner};
use pyo3::exceptions::{PyException, PyImportError, PyStopIteration, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PySlice};

use crate::options::exception;
use crate::waiting::unless_interrupted;

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
    cleaner: Arc<Cleaner>,
    given: &Bound<'py, PyAny>,
    request: &Request,
    threads: Batch,
) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    let pyarrow = py.import("pyarrow").map_err(|cause| {
        let error = PyImportError::new_err("a table needs pyarrow: pip install 'cleancopy[arrow]'");
        error.set_cause(py, Some(cause));
        error
    })?;
    let (schema, mut batches) = batches(&pyarrow, given)?;
    let table = request.table(&schema)?;
    let schema = Arc::clone(table.schema());
    let cleaned = unless_interrupted(py, move |stop| {
        let broken = Mutex::new(None);
        let mut cleaned = Vec::new();
        let batches = std::iter::from_fn(|| {
            let note = |error| *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            batches.next()?.map_err(note).ok()
        });
        let run = table.clean(&cleaner, batches, &threads.with_stop(stop), |batch| {
            cleaned.push(batch);
            ControlFlow::Continue(())
        });
        run.map_err(exception)?;
        let broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
        broken.map_or(Ok(cleaned), Err)
    })??;
    Outcome::try_new(cleaned, schema).map_err(|error| PyValueError::new_err(error.to_string()))?.into_pyarrow(py)
}

/// Batches, each of which is of the schema that is declared for all.
type Batches = Box<dyn Iterator<Item = PyResult<RecordBatch>> + Send>;

/// The schema and the batches of anything that gives them by the C data interface.
fn batches(pyarrow: &Bound<'_, PyModule>, given: &Bound<'_, PyAny>) -> PyResult<(Arc<Schema>, Batches)> {
    // A dataset of Hugging Face gives tables when it is asked to. Several of them have several numbers of rows.
    let is_dataset = given.hasattr("with_format")?
        && given.getattr_opt("num_rows")?.is_some_and(|rows| rows.is_exact_instance_of::<PyInt>());
    let of_dataset = if is_dataset {
        let rows = PySlice::full(given.py());
        Some(given.call_method1("with_format", ("arrow",))?.get_item(rows)?)
    } else {
        None
    };
    let given = of_dataset.as_ref().unwrap_or(given);
    let readers = pyarrow.getattr("RecordBatchReader")?;
    if given.is_instance(&readers)? || given.hasattr("__arrow_c_stream__")? {
        let reader = if given.is_instance(&readers)? {
            given.clone()
        } else {
            readers.call_method1("from_stream", (given,)).map_err(|error| no_table(given, error))?
        };
        let schema = reader.getattr("schema")?;
        let reader = Checked {
            reader: reader.unbind(),
            table: pyarrow.getattr("Table")?.unbind(),
            schema: schema.clone().unbind(),
            declared: Arc::new(Schema::from_pyarrow_bound(&schema)?),
        };
        return Ok((Arc::clone(&reader.declared), Box::new(reader)));
    }
    if given.hasattr("__arrow_c_array__")? {
        let batch = RecordBatch::from_pyarrow_bound(given).map_err(|error| no_table(given, error))?;
        return Ok((batch.schema(), Box::new(std::iter::once(Ok(batch)))));
    }
    let what = given.get_type().fully_qualified_name()?;
    let message = format!(
        "{what} has no Arrow C data interface (__arrow_c_stream__ or __arrow_c_array__); give a table of pyarrow, \
         Polars, pandas or DuckDB, or pyarrow.table(...) of it"
    );
    Err(PyTypeError::new_err(message))
}

fn unreadable(error: &dyn Display) -> PyErr {
    PyValueError::new_err(format!("the table cannot be read: {error}"))
}

/// What is wrong with something that could not be taken in: perhaps it is no table.
fn no_table(given: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    // Tables have columns or a schema, by one of these names; what has a type is a single column.
    let has = |name| given.hasattr(name).unwrap_or(false);
    let is_table = ["columns", "column_names", "schema"].into_iter().any(has);
    if is_table || !["type", "dtype"].into_iter().any(has) {
        return error;
    }
    let what = given.get_type().fully_qualified_name().map_or_else(|_| "this".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{what} is one column; give a table"))
}

/// A reader of pyarrow. It does not look whether its batches are of the schema that it declares, and they must not be
/// read by that if they are not.
struct Checked {
    reader: Py<PyAny>,
    /// The class of pyarrow's tables, which does look.
    table: Py<PyAny>,
    schema: Py<PyAny>,
    declared: Arc<Schema>,
}

impl Checked {
    fn read(&self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        let batch = match self.reader.bind(py).call_method0("read_next_batch") {
            Ok(batch) => batch,
            Err(error) if error.is_instance_of::<PyStopIteration>(py) => return Ok(None),
            Err(error) => return Err(error),
        };
        let table = self.table.bind(py).call_method1("from_batches", ([batch], self.schema.bind(py)))?;
        let mut reader = RecordBatchStreamReader::from_pyarrow_bound(&table)?;
        // A table has no batches without rows.
        let batch = reader.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(Arc::clone(&self.declared))));
        batch.map(Some).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

impl Iterator for Checked {
    type Item = PyResult<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = |py: Python<'_>| {
            self.read(py).map_err(|cause| {
                if !cause.is_instance_of::<PyException>(py) {
                    return cause;
                }
                let error = unreadable(cause.value(py));
                error.set_cause(py, Some(cause));
                error
            })
        };
        // There is no Python to ask any more when it ends before this does.
        Python::try_attach(read)?.transpose()
    }
}
