//! What the public asks to have checked.

use std::{fmt, str::FromStr};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{ClaimId, Lang, ReportId, Timestamp, WebUrl, words::words};

/// One request for a check. It says nothing about who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its identifier.
    pub id: ReportId,
    /// The claim that it asks about; `None` while it names only an address at which no claim was seen.
    pub claim_id: Option<ClaimId>,
    /// What was sent, whole.
    pub text: Option<String>,
    /// The passage that the sender wants checked.
    pub quote: Option<String>,
    /// Where the sender saw it.
    pub url: Option<WebUrl>,
    /// The language said or detected.
    pub lang: Lang,
    /// When it came.
    pub at: Timestamp,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportState {
    /// It is in the queue; nobody else has said it yet, as far as is known here.
    Received,
    /// The claim was seen elsewhere too, or a reviewer took it up; no fact-check answers it.
    Known,
    /// A fact-check answers it.
    Answered,
    /// It was answered, and the answer was taken back.
    Withdrawn,
}

words!(ReportState {
    Received => "received",
    Known => "known",
    Answered => "answered",
    Withdrawn => "withdrawn",
});

/// No code of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a receipt: expected 16 letters and digits such as \"4T7Z-0KQM-9XWB-C2HD\"")]
pub struct ReceiptError;

/// The code under which its sender, and nobody else, reads what became of a report: 80 random bits. Only its hash is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Receipt([u8; 10]);

/// Crockford's base 32 (<https://www.crockford.com/base32.html>): no letter that could be taken for a digit, no U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Receipt {
    /// From the bits.
    pub const fn new(bits: [u8; 10]) -> Self {
        Self(bits)
    }

    /// What is stored of it. The code is random, so a slow hash would add nothing.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Never its code: what a log shows must open nothing.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(…)")
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        for place in 0..16 {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            let digit = bits >> (5 * (15 - place)) & 31;
            write!(f, "{}", char::from(DIGITS[digit as usize]))?;
        }
        Ok(())
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// As people type it: in either case, with hyphens and blanks anywhere, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let (mut bits, mut count) = (0_u128, 0);
        for c in text.chars().take(64).filter(|c| !matches!(c, '-' | ' ')) {
            bits = bits << 5 | digit(c).ok_or(ReceiptError)?;
            count += 1;
            if count > 16 {
                return Err(ReceiptError);
            }
        }
        let bytes = bits.to_be_bytes();
        let last = bytes
            .last_chunk()
            .filter(|_| count == 16 && text.chars().nth(64).is_none());
        last.copied().map(Self).ok_or(ReceiptError)
    }
}

fn digit(c: char) -> Option<u128> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    DIGITS
        .iter()
        .position(|known| char::from(*known) == c)
        .map(|at| at as u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_read_as_people_type_them() {
        let receipt = Receipt::new([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xFF]);
        let code = receipt.to_string();
        assert_eq!(code, "008J-4CT4-ANK7-F27Z");
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', " "),
            "OO8j4ct4ank7f27z".to_owned(),
        ] {
            assert_eq!(typed.parse(), Ok(receipt), "{typed}");
        }
        assert!(!format!("{receipt:?}").contains("008J"));
    }

    #[test]
    fn whatever_is_no_receipt_is_refused() {
        let long = "0".repeat(5000);
        for text in [
            "",
            "008J-4CT4-ANK7-F24",
            "008J-4CT4-ANK7-F24ZZ",
            "U08J-4CT4-ANK7-F24Z",
            "008J_4CT4",
            "ö",
            &long,
        ] {
            assert_eq!(text.parse::<Receipt>(), Err(ReceiptError), "{text:.40}");
        }
    }

    #[test]
    fn every_receipt_reads_back() {
        for seed in 0..200_u8 {
            let receipt = Receipt::new(std::array::from_fn(|at| {
                seed.wrapping_mul(31).wrapping_add((at as u8).wrapping_mul(77))
            }));
            assert_eq!(receipt.to_string().parse(), Ok(receipt));
        }
    }
}
