//! The file of a model.
//!
//! All numbers are little-endian. `CCMODEL1`, the hash of the columns of texts and of pages (u32 each);
//! then the judges of texts and of pages, and the forest of kinds. A judge is the table of words and that
//! of names (u32 length, then i8 each; a length of nothing is no table), a forest, and 99 i32 for the
//! confidence. A forest is the number of its outputs (u16), the depth (u8), the number of trees (u16);
//! i32 for each output; for each tree its questions (u16 column, u8 least) and its leaves (i16, all
//! outputs of one leaf side by side).

use super::forest::{DEEPEST, Forest, Question, Tree};
use super::{Judge, Model};
use crate::features::{self, hashed};

const MAGIC: &[u8; 8] = b"CCMODEL1";

/// What tells models for other columns apart.
pub(crate) fn columns_hash(of_page: bool) -> u32 {
    hashed::hash(0, features::names(of_page).join(" ").as_bytes())
}

pub(super) fn parse(bytes: &[u8]) -> Result<Model, String> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.take(MAGIC.len())? != MAGIC {
        return Err("it does not begin as a model does".to_owned());
    }
    for of_page in [false, true] {
        if reader.u32()? != columns_hash(of_page) {
            return Err("it was trained for other features than this version has; train it again".to_owned());
        }
    }
    let text = judge(&mut reader, features::names(false).len())?;
    let page = judge(&mut reader, features::names(true).len())?;
    let kinds = reader.forest(features::names(false).len())?;
    if reader.at != bytes.len() {
        return Err(format!("{} bytes too many behind byte {}", bytes.len() - reader.at, reader.at));
    }
    Ok(Model { text, page, kinds })
}

fn judge(reader: &mut Reader<'_>, columns: usize) -> Result<Judge, String> {
    Ok(Judge {
        words: reader.table(hashed::WORD_BUCKETS)?,
        names: reader.table(hashed::NAME_BUCKETS)?,
        forest: reader.forest(columns)?,
        confidence: (0..99).map(|_| reader.i32()).collect::<Result<_, _>>()?,
    })
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], String> {
        let taken = self.at.checked_add(count).and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| format!("it ends at byte {}, in the midst of it", self.bytes.len()))?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, String> {
        self.array().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Result<u16, String> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    fn i32(&mut self) -> Result<i32, String> {
        self.array().map(i32::from_le_bytes)
    }

    fn table(&mut self, buckets: usize) -> Result<Vec<i8>, String> {
        let length = self.u32()? as usize;
        if length != 0 && length != buckets {
            return Err(format!("a table of {length} weights at byte {}, not {buckets}", self.at));
        }
        Ok(self.take(length)?.iter().map(|byte| *byte as i8).collect())
    }

    /// A forest over so many columns; none if it has no outputs.
    fn forest<const OUTPUTS: usize>(&mut self, columns: usize) -> Result<Option<Forest<OUTPUTS>>, String> {
        let at = self.at;
        let outputs = usize::from(self.u16()?);
        let (depth, trees) = (usize::from(self.u8()?), self.u16()?);
        if ![0, OUTPUTS].contains(&outputs) || !(1..=DEEPEST).contains(&depth) {
            return Err(format!("a forest of {outputs} outputs and depth {depth} at byte {at}"));
        }
        if outputs == 0 {
            return if trees == 0 { Ok(None) } else { Err(format!("{trees} trees of no outputs at byte {at}")) };
        }
        /// Far beyond any sum of leaves, and far from what an i32 holds.
        const MOST: i32 = 1 << 24;
        let bias: [i32; OUTPUTS] = self.each(|reader| reader.i32())?;
        if bias.iter().any(|bias| !(-MOST..=MOST).contains(bias)) {
            return Err(format!("a score of more than {MOST} to begin with at byte {at}"));
        }
        let trees = (0..trees).map(|_| self.tree(depth, columns)).collect::<Result<_, _>>()?;
        Ok(Some(Forest { bias, trees }))
    }

    fn tree<const OUTPUTS: usize>(&mut self, depth: usize, columns: usize) -> Result<Tree<OUTPUTS>, String> {
        let questions = (0..depth).map(|_| self.question(columns)).collect::<Result<Vec<_>, _>>()?;
        let leaf = |_| self.each(|reader| reader.array().map(i16::from_le_bytes));
        let leaves = (0..1 << depth).map(leaf).collect::<Result<Vec<_>, _>>()?;
        Ok(Tree::new(&questions, &leaves))
    }

    fn question(&mut self, columns: usize) -> Result<Question, String> {
        let (column, least) = (self.u16()?, self.u8()?);
        if usize::from(column) >= columns {
            return Err(format!("a question of column {column} of {columns} at byte {}", self.at));
        }
        Ok(Question { column, least })
    }

    /// So many values, one after the other.
    fn each<T: Copy + Default, const N: usize>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<[T; N], String> {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = read(self)?;
        }
        Ok(values)
    }
}
