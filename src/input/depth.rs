//! How deep the columns of a Parquet file are nested, found out before anything recurses into them.
//!
//! The decoder of the footer goes down the tree of columns by recursion, and so does all that comes after. A
//! few hundred kilobytes of made-up footer are columns within columns ten thousands deep, at which the stack
//! overflows, and that is no panic that could be caught. So the footer is gone through here first, with a look
//! at nothing but how many children each column says it has.
//!
//! By the way it is seen whether the file is encrypted, which the decoder has no words for.
//!
//! The footer is in Thrift's compact protocol: a struct is a run of fields, each with a byte that holds its
//! type and how far its number is from the last one's; numbers are variable in length.

/// The most columns within each other that are read. Real ones have a handful.
const DEEPEST: usize = 100;

/// The most values within each other that are skipped, in what is no column.
const NESTED: usize = 32;

/// In `FileMetaData`, the columns as a flat list, parents first, and how the file is encrypted.
const COLUMNS: i64 = 2;
const ENCRYPTION: i64 = 8;

/// In a column, how many children it has.
const CHILDREN: i64 = 5;

/// Thrift's types.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// Checks that a footer is not encrypted, and that its columns are nested no deeper than can be read.
///
/// # Errors
/// In words, when it is otherwise, or when there is no sense in the bytes: what is not understood here
/// might be by the decoder.
pub(super) fn check(footer: &[u8]) -> Result<(), String> {
    let mut bytes = Footer { rest: footer };
    match bytes.check() {
        Some(Finding::Readable) => Ok(()),
        Some(Finding::Deep) => Err(format!("the columns of the Parquet file are nested more than {DEEPEST} deep")),
        Some(Finding::Encrypted) => Err("the Parquet file is encrypted".to_owned()),
        None => Err("the footer of the Parquet file is damaged: it makes no sense".to_owned()),
    }
}

enum Finding {
    Readable,
    Deep,
    Encrypted,
}

struct Footer<'f> {
    rest: &'f [u8],
}

impl Footer<'_> {
    /// Finds the columns and looks at all of them. `None` where there is no sense in the bytes.
    fn check(&mut self) -> Option<Finding> {
        let mut number = 0;
        while let Some(kind) = self.field(&mut number)? {
            match (number, kind) {
                (COLUMNS, LIST) => {
                    let (kind, len) = self.list()?;
                    if kind != STRUCT {
                        return None;
                    }
                    if !self.is_flat_enough(len)? {
                        return Some(Finding::Deep);
                    }
                }
                (ENCRYPTION, _) => return Some(Finding::Encrypted),
                _ => self.skip(kind, 0)?,
            }
        }
        Some(Finding::Readable)
    }

    fn is_flat_enough(&mut self, len: u64) -> Option<bool> {
        // How many children are still to come, of each column that has not had all of them.
        let mut open: Vec<i64> = Vec::new();
        for _ in 0..len {
            let children = self.children()?;
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            while open.last() == Some(&0) && children <= 0 {
                open.pop();
            }
            if children > 0 {
                open.push(children);
            }
            if open.len() > DEEPEST {
                return Some(false);
            }
        }
        Some(true)
    }

    /// How many children a column has.
    fn children(&mut self) -> Option<i64> {
        let (mut number, mut children) = (0, 0);
        while let Some(kind) = self.field(&mut number)? {
            if number == CHILDREN && (I16..=I64).contains(&kind) {
                let zigzag = self.varint()?;
                children = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
            } else {
                self.skip(kind, 0)?;
            }
        }
        Some(children)
    }

    /// The type of a struct's next field, and its number; the inner `None` is the end of the struct.
    fn field(&mut self, number: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *number = match byte >> 4 {
            0 => {
                let zigzag = self.varint()?;
                (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
            }
            further => number.checked_add(i64::from(further))?,
        };
        Some(Some(byte & 15))
    }

    /// The type and number of a list's elements.
    fn list(&mut self) -> Option<(u8, u64)> {
        let byte = self.byte()?;
        let len = match byte >> 4 {
            15 => self.varint()?,
            len => u64::from(len),
        };
        Some((byte & 15, len))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > NESTED {
            return None;
        }
        match kind {
            TRUE | FALSE => {}
            BYTE => _ = self.byte()?,
            I16..=I64 => _ = self.varint()?,
            DOUBLE => self.rest = self.rest.get(8..)?,
            BINARY => {
                let len = usize::try_from(self.varint()?).ok()?;
                self.rest = self.rest.get(len..)?;
            }
            LIST | SET => {
                let (kind, len) = self.list()?;
                for _ in 0..len {
                    match kind {
                        // In a list a truth value is a byte; only in a field it is in the type.
                        TRUE | FALSE => _ = self.byte()?,
                        other => self.skip(other, depth + 1)?,
                    }
                }
            }
            STRUCT => {
                let mut number = 0;
                while let Some(kind) = self.field(&mut number)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A footer of a root, so many groups of one child each within each other, and a column at the bottom.
    pub(in crate::input) fn footer(groups: u32) -> Vec<u8> {
        let varint = |mut number: u32| {
            let mut bytes = Vec::new();
            while number >= 0x80 {
                bytes.push((number & 0x7f) as u8 | 0x80);
                number >>= 7;
            }
            bytes.push(number as u8);
            bytes
        };
        // Version 1, then the list of columns: the root is `r` and has one child.
        let mut footer = vec![0x15, 2, 0x19, 0xf0 | STRUCT];
        footer.extend(varint(groups + 2));
        footer.extend([0x48, 1, b'r', 0x15, 2, 0]);
        // Optional, `g`, one child.
        footer.extend([0x35, 2, 0x18, 1, b'g', 0x15, 2, 0].repeat(groups as usize));
        // An optional int32 `l`; no rows and no row groups.
        footer.extend([0x15, 2, 0x25, 2, 0x18, 1, b'l', 0, 0x16, 0, 0x19, STRUCT, 0]);
        footer
    }

    #[test]
    fn deep_columns_are_told_from_wide_ones() {
        assert_eq!(check(&footer(99)), Ok(()));
        let deep = Err("the columns of the Parquet file are nested more than 100 deep".to_owned());
        assert_eq!(check(&footer(100)), deep);
        assert_eq!(check(&footer(1_000_000)), deep);
        // Each of a thousand groups has its column, and is closed by it.
        let mut wide = vec![0x15, 2, 0x19, 0xf0 | STRUCT, 0xd1, 0x0f, 0x48, 1, b'r', 0x15, 0xd0, 0x0f, 0];
        wide.extend([0x35, 2, 0x18, 1, b'g', 0x15, 2, 0, 0x15, 2, 0x25, 2, 0x18, 1, b'l', 0].repeat(1000));
        wide.push(0);
        assert_eq!(check(&wide), Ok(()));
    }

    #[test]
    fn encryption_is_seen() {
        let mut encrypted = footer(1);
        // After the row groups, which are field 4: the algorithm, a union of which the first is empty.
        encrypted.truncate(encrypted.len() - 1);
        encrypted.extend([0x40 | STRUCT, 0x10 | STRUCT, 0, 0, 0]);
        assert_eq!(check(&encrypted), Err("the Parquet file is encrypted".to_owned()));
    }

    #[test]
    fn a_footer_cut_short_makes_no_sense() {
        let whole = footer(20);
        let senseless = Err("the footer of the Parquet file is damaged: it makes no sense".to_owned());
        for cut in 0..whole.len() {
            assert_eq!(check(&whole[..cut]), senseless, "{cut}");
        }
    }
}
