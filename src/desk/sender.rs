//! Who sends a report? An address goes in; the receipts that this sender gets today come out. Nothing of it is kept.
//!
//! A receipt is made of the sender and of what the report is about, under a key that is drawn at random each day (UTC) and was
//! never anywhere but in memory. So a second report by the same sender about the same thing has the same receipt and is not
//! counted, without any list of who sent what; and once the day is over nobody can tell from a receipt who has it, neither with
//! the database nor with an address. A restart draws another key: whoever reports the same thing again is counted again.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::{KeyId, Receipt, Timestamp};

/// Who sends a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Somebody at this address, or behind it.
    Address(IpAddr),
    /// The holder of an API key, who forwards what others ask.
    Key(KeyId),
}

/// The key of the day.
#[derive(Default)]
pub(super) struct Senders(Mutex<Option<(i64, [u8; 32])>>);

/// One sender on one day.
pub(super) struct Today([u8; 32]);

impl Senders {
    pub(super) fn today(&self, sender: Sender) -> Today {
        self.at(sender, Timestamp::now().day())
    }

    fn at(&self, sender: Sender, day: i64) -> Today {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match *kept {
            Some((drawn, key)) if drawn == day => key,
            _ => draw(),
        };
        *kept = Some((day, key));
        Today(match sender {
            Sender::Address(address) => keyed(&key, address.to_string().as_bytes()),
            Sender::Key(id) => keyed(&key, format!("key {id}").as_bytes()),
        })
    }
}

impl Today {
    /// The receipt of a report about something.
    pub(super) fn receipt(&self, subject: &str) -> Receipt {
        let mac = keyed(&self.0, subject.as_bytes());
        let mut bits = [0; 10];
        bits.copy_from_slice(&mac[..10]);
        Receipt::new(bits)
    }
}

fn draw() -> [u8; 32] {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the system gives random bytes");
    key
}

/// HMAC-SHA256 (RFC 2104).
fn keyed(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_one_receipt_a_day_and_subject() {
        let senders = Senders::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| Sender::Address(text.parse().unwrap()));
        let code = |sender, day, subject| senders.at(sender, day).receipt(subject).to_string();
        let first = code(one, 5, "a");
        assert_eq!(code(one, 5, "a"), first);
        let others = [
            code(other, 5, "a"),
            code(one, 5, "b"),
            code(Sender::Key(KeyId::new()), 5, "a"),
        ];
        assert!(others.iter().all(|code| *code != first), "{others:?}");
        assert_ne!(code(one, 6, "a"), first, "another day has another key");
        assert_ne!(code(one, 5, "a"), first, "and that of the day before is gone");
    }

    #[test]
    fn two_servers_have_two_keys() {
        let sender = Sender::Address("192.0.2.1".parse().unwrap());
        let code = || Senders::default().at(sender, 5).receipt("a").to_string();
        assert_ne!(code(), code());
    }
}
