//! Cuts a stream of JSON into lines or balanced values without parsing it, so that a file of any size needs the memory of
//! its longest row, and a bad row harms no other.

use std::io::{self, BufRead};

/// Longest line or value that is kept, in bytes.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// A stretch of the stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its bytes; cut off if it is not whole.
    pub(super) bytes: Vec<u8>,
    pub(super) state: Cut,
}

/// How a piece ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    #[default]
    Whole,
    /// Passed over: longer than [`MAX_BYTES`].
    TooLong,
    /// The stream ended within it.
    Unfinished,
}

impl Piece {
    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_BYTES - self.bytes.len();
        if bytes.len() > room {
            self.state = Cut::TooLong;
        }
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// A stream with a look ahead and a line count.
#[derive(Debug)]
pub(super) struct Cutter<R> {
    input: R,
    ahead: Vec<u8>,
    /// How much of `ahead` has been passed over.
    passed: usize,
    line: u64,
}

/// How many bytes are looked at at a time.
const LOOK_BYTES: usize = 8 * 1024;

impl<R: BufRead> Cutter<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            ahead: Vec::new(),
            passed: 0,
            line: 1,
        }
    }

    /// The line that is read next, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next byte that is no white space, where it is now; nothing at the end.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.fill()?;
            let spaces = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
            let (found, end) = (bytes.get(spaces).copied(), bytes.is_empty());
            self.consume(spaces);
            if found.is_some() || end {
                return Ok(found);
            }
        }
    }

    /// Passes over one byte.
    pub(super) fn skip(&mut self) {
        self.consume(1);
    }

    /// Passes over a UTF-8 byte order mark.
    pub(super) fn skip_mark(&mut self) -> io::Result<()> {
        if self.look_ahead(|bytes| bytes.len() >= 3)?.starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        Ok(())
    }

    /// What comes, without passing over it, until there is enough or nothing more.
    pub(super) fn look_ahead(&mut self, enough: impl Fn(&[u8]) -> bool) -> io::Result<&[u8]> {
        while !enough(&self.ahead[self.passed..]) {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            let count = bytes.len().min(LOOK_BYTES);
            self.ahead.extend_from_slice(&bytes[..count]);
            self.input.consume(count);
        }
        Ok(&self.ahead[self.passed..])
    }

    /// The rest of the line.
    pub(super) fn take_line(&mut self) -> io::Result<Piece> {
        self.take(Cut::Whole, |bytes| {
            bytes.iter().position(|&b| b == b'\n').map(|at| at + 1)
        })
    }

    /// The value that begins here: up to its closing bracket or quote, or to the end of the word. At least one byte.
    pub(super) fn take_value(&mut self) -> io::Result<Piece> {
        let mut scan = Scan::default();
        self.take(Cut::Unfinished, move |bytes| scan.end(bytes))
    }

    /// Takes bytes until `end` says how many of those at hand still belong to the piece.
    fn take(&mut self, at_eof: Cut, mut end: impl FnMut(&[u8]) -> Option<usize>) -> io::Result<Piece> {
        let mut piece = Piece {
            line: self.line,
            ..Piece::default()
        };
        loop {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                piece.state = if piece.state == Cut::TooLong {
                    Cut::TooLong
                } else {
                    at_eof
                };
                return Ok(piece);
            }
            let found = end(bytes);
            let count = found.unwrap_or(bytes.len());
            piece.keep(&bytes[..count]);
            self.consume(count);
            if found.is_some() {
                return Ok(piece);
            }
        }
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.ahead.is_empty() {
            self.input.fill_buf()
        } else {
            Ok(&self.ahead[self.passed..])
        }
    }

    /// Passes over bytes that `fill` gave.
    fn consume(&mut self, count: usize) {
        if self.ahead.is_empty() {
            let bytes = self.input.fill_buf().unwrap_or_default();
            self.line += newlines(&bytes[..count.min(bytes.len())]);
            return self.input.consume(count);
        }
        self.line += newlines(&self.ahead[self.passed..self.passed + count]);
        self.passed += count;
        if self.passed == self.ahead.len() {
            self.ahead.clear();
            self.passed = 0;
        }
    }
}

#[expect(
    clippy::naive_bytecount,
    reason = "as fast as the reading that it goes with; a crate would not pay"
)]
fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b == b'\n').count() as u64
}

/// Finds the end of a value by its brackets and quotes (RFC 8259); whether it is sound is for the parser to say.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    in_word: bool,
}

impl Scan {
    /// How many of these bytes belong to the value, once its end is among them.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        bytes
            .iter()
            .enumerate()
            .find_map(|(at, &byte)| self.step(byte).map(|taken| at + usize::from(taken)))
    }

    /// Some at the end of the value: whether this byte still belongs to it.
    fn step(&mut self, byte: u8) -> Option<bool> {
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return (!self.in_string && self.depth == 0).then_some(true);
        }
        if self.in_word && (byte.is_ascii_whitespace() || b",]}:".contains(&byte)) {
            return Some(false);
        }
        match byte {
            b'"' if !self.in_word => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return (self.depth == 0).then_some(true);
            }
            _ => self.in_word = self.depth == 0,
        }
        None
    }
}
