//! Finds the known claim that a text repeats.
