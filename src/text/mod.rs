//! Reading plain text: folding for the rules, and the shape of a line.

mod fold;
pub(crate) mod hash;
mod lang;
mod shape;

pub(crate) use fold::{fold, fold_with_offsets};
pub(crate) use lang::{LanguageSet, Languages, is_function_word, language};
pub(crate) use shape::{EndMark, Shape, is_sentence_end, is_unspaced, lower_in, lower_run};
