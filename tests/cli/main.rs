//! The command as its users meet it: the real binary, over folders that each test makes.

mod harness;

mod archives;
mod bad_input;
mod commands;
mod eval;
mod flags;
mod formats;
mod inputs;
mod interrupts;
mod learn;
mod outputs;
mod pages;
mod report;
