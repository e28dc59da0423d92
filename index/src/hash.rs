//! A hasher for tables that live as long as one lookup: the default one is built for keys that an attacker sends to a
//! table that grows for days, and takes longer than comparing the words.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Multiply and rotate over eight bytes at a time, as rustc does for its own tables.
#[derive(Clone, Copy, Default)]
pub(crate) struct Fast(u64);

pub(crate) type FastSet<T> = HashSet<T, BuildHasherDefault<Fast>>;
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<Fast>>;

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Fast {
    fn add(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(MULTIPLIER);
    }
}

impl Hasher for Fast {
    fn finish(&self) -> u64 {
        // Tables look at the top seven bits and the lowest ones; a product's lowest bits are poor.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.add(u64::from_le_bytes(*eight));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last) ^ rest.len() as u64);
    }

    fn write_u8(&mut self, number: u8) {
        self.add(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.add(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }
}
