//! Klarstelle: tracks false claims and finds the fact-check that answers them.
