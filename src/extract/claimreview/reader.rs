//! Fact-checks out of a ClaimReview file of any size: one object a line (NDJSON), one object, a list, or a `DataFeed`.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use serde_json::Value;

use super::cutter::{Cut, Cutter, MAX_BYTES, Piece};
use super::row::{self, Context};
use super::{Defaults, Reason, Unreadable};
use crate::domain::ExternalFactCheck;

/// Reads the fact-checks of a file one by one, and goes on after what it cannot read.
///
/// The form is found out from the first line. The long lists of a single object are streamed too, so memory stays with the
/// longest row, which may have 1 MiB. After a bad row, reading goes on at the next line, or in lists at the next element
/// whose brackets balance. Objects of other types are passed over in lists, and are errors on lines of their own. After a
/// fault of the input itself reading ends.
#[derive(Debug)]
pub struct Reader<R> {
    input: Cutter<R>,
    defaults: Defaults,
    place: Place,
    ready: VecDeque<Result<ExternalFactCheck, Unreadable>>,
    /// ClaimReviews met so far, sound or not.
    met: u64,
    /// Objects of other types that lists held.
    passed: u64,
}

/// Where in the file we are.
#[derive(Debug)]
enum Place {
    /// Before everything.
    Beginning,
    /// Before a value, of unknown form.
    Open,
    /// In a file with one object a line.
    Lines,
    /// In a list that is the file.
    List,
    /// In an object that is the file.
    Object(Outer),
    /// In a list of that object.
    Member(Outer),
    /// Behind everything, but for a last word.
    Behind,
    /// Behind everything.
    End,
}

/// The object that is the file, but for its long lists.
#[derive(Debug)]
struct Outer {
    line: u64,
    rest: Vec<u8>,
    has_list: bool,
}

/// What was next in a list.
enum Element {
    /// An element, or the comma before one.
    Taken,
    /// The end of the list.
    Closed,
    /// The end of the file, which is too early.
    Missing,
}

/// Properties whose lists are streamed: of a `DataFeed` and an `ItemList`. A `@graph` is not: its nodes refer to each
/// other.
const LISTS: &[&[u8]] = &[b"\"dataFeedElement\"", b"\"itemListElement\""];

impl<R: BufRead> Reader<R> {
    /// Reads from `input`; `defaults` stand in for what rows leave out.
    pub fn new(input: R, defaults: Defaults) -> Self {
        let input = Cutter::new(input);
        Self {
            input,
            defaults,
            place: Place::Beginning,
            ready: VecDeque::new(),
            met: 0,
            passed: 0,
        }
    }

    /// Reads until at least one row is ready or the file ends.
    fn advance(&mut self) -> io::Result<()> {
        while self.ready.is_empty() {
            self.place = match std::mem::replace(&mut self.place, Place::End) {
                Place::Beginning => self.begin()?,
                Place::Open => self.open()?,
                Place::Lines => self.in_lines()?,
                Place::List => self.in_list()?,
                Place::Object(outer) => self.in_object(outer)?,
                Place::Member(outer) => self.in_member(outer)?,
                Place::Behind => self.last_word(),
                Place::End => return Ok(()),
            };
        }
        Ok(())
    }

    fn begin(&mut self) -> io::Result<Place> {
        self.input.skip_mark()?;
        Ok(Place::Open)
    }

    fn open(&mut self) -> io::Result<Place> {
        let Some(first) = self.input.peek()? else {
            return Ok(Place::Behind);
        };
        if first == b'[' {
            self.input.skip();
            return Ok(Place::List);
        }
        if first != b'{' || self.first_line_stands_alone()? {
            return Ok(Place::Lines);
        }
        let line = self.input.line();
        self.input.skip();
        Ok(Place::Object(Outer {
            line,
            rest: b"{".to_vec(),
            has_list: false,
        }))
    }

    /// Whether the line is a row, sound or not, and not the beginning of an object that goes on over many lines or is one
    /// long line.
    fn first_line_stands_alone(&mut self) -> io::Result<bool> {
        let newline = |bytes: &[u8]| bytes.iter().position(|&b| b == b'\n');
        let next = |bytes: &[u8]| newline(bytes).and_then(|at| bytes[at..].trim_ascii_start().first().copied());
        let enough = |bytes: &[u8]| next(bytes).is_some() || (newline(bytes).is_none() && bytes.len() > MAX_BYTES);
        let ahead = self.input.look_ahead(enough)?;
        let line = &ahead[..newline(ahead).unwrap_or(ahead.len())];
        let goes_on = match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
            Ok(_) => false,
            Err(error) => error.is_eof() && (newline(ahead).is_some() || line.len() > MAX_BYTES),
        };
        let open_end = line.trim_ascii_end().last().is_some_and(|b| b"[:,".contains(b));
        Ok(!goes_on || (next(ahead) == Some(b'{') && !open_end))
    }

    fn in_lines(&mut self) -> io::Result<Place> {
        if self.input.peek()?.is_none() {
            return Ok(Place::Behind);
        }
        let piece = self.input.take_line()?;
        if self.rows(&piece) == 0 {
            self.fail(piece.line, Reason::NoReview);
        }
        Ok(Place::Lines)
    }

    fn in_list(&mut self) -> io::Result<Place> {
        Ok(match self.element()? {
            Element::Taken => Place::List,
            Element::Closed => Place::Open,
            Element::Missing => Place::End,
        })
    }

    fn in_member(&mut self, outer: Outer) -> io::Result<Place> {
        Ok(match self.element()? {
            Element::Taken => Place::Member(outer),
            Element::Closed => Place::Object(outer),
            Element::Missing => Place::End,
        })
    }

    fn element(&mut self) -> io::Result<Element> {
        let found = match self.input.peek()? {
            Some(b',') => Element::Taken,
            Some(b']') => Element::Closed,
            Some(first) => {
                let piece = self.input.take_value()?;
                match self.rows(&piece) {
                    0 if first == b'{' => self.passed += 1,
                    0 => self.fail(piece.line, Reason::NoReview),
                    _ => {}
                }
                return Ok(Element::Taken);
            }
            None => {
                self.fail(self.input.line(), Reason::Unfinished);
                return Ok(Element::Missing);
            }
        };
        self.input.skip();
        Ok(found)
    }

    /// Takes the next property of the object, or leaves it.
    fn in_object(&mut self, outer: Outer) -> io::Result<Place> {
        match self.input.peek()? {
            None => {
                self.fail(outer.line, Reason::Unfinished);
                Ok(Place::End)
            }
            Some(b',') => {
                self.input.skip();
                Ok(Place::Object(outer))
            }
            Some(b'}') => {
                self.input.skip();
                self.outer_row(outer);
                Ok(Place::Open)
            }
            Some(b'"') => {
                let key = self.input.take_value()?;
                self.property(&key, outer)
            }
            Some(_) => self.broken(),
        }
    }

    fn property(&mut self, key: &Piece, mut outer: Outer) -> io::Result<Place> {
        if self.input.peek()? != Some(b':') {
            return self.broken();
        }
        self.input.skip();
        if self.input.peek()? == Some(b'[') && LISTS.contains(&key.bytes.as_slice()) {
            self.input.skip();
            outer.has_list = true;
            return Ok(Place::Member(outer));
        }
        let value = self.input.take_value()?;
        outer.add(key, &value);
        Ok(Place::Object(outer))
    }

    /// The file is no object after all: says so, and takes what follows as lines.
    fn broken(&mut self) -> io::Result<Place> {
        let piece = self.input.take_line()?;
        self.fail(piece.line, Reason::Broken);
        Ok(Place::Lines)
    }

    /// What the object says itself: it may be a single ClaimReview. A feed's own name and date are no rows.
    fn outer_row(&mut self, mut outer: Outer) {
        outer.rest.push(b'}');
        let state = if outer.rest.len() > MAX_BYTES {
            Cut::TooLong
        } else {
            Cut::Whole
        };
        let found = self.rows(&Piece {
            line: outer.line,
            bytes: outer.rest,
            state,
        });
        if found == 0 && !outer.has_list {
            self.fail(outer.line, Reason::NoReview);
        }
    }

    /// A file of lists in which nothing was a ClaimReview says so once.
    fn last_word(&mut self) -> Place {
        if self.met == 0 && self.passed > 0 {
            self.fail(1, Reason::NoReview);
        }
        Place::End
    }

    fn fail(&mut self, line: u64, reason: Reason) {
        self.ready.push_back(Err(Unreadable { line, reason }));
    }

    /// Reads the fact-checks in a piece; gives how many rows, sound or not, it had.
    fn rows(&mut self, piece: &Piece) -> usize {
        let line = piece.line;
        let before = self.ready.len();
        match parse(piece) {
            Ok(value) => {
                let context = Context {
                    defaults: &self.defaults,
                    around: std::slice::from_ref(&value),
                };
                let rows = row::reviews_in(&value)
                    .into_iter()
                    .map(|review| row::read(review, context));
                self.ready
                    .extend(rows.map(|row| row.map_err(|reason| Unreadable { line, reason })));
            }
            Err(reason) => self.fail(line, reason),
        }
        let found = self.ready.len() - before;
        self.met += found as u64;
        found
    }
}

impl Outer {
    fn add(&mut self, key: &Piece, value: &Piece) {
        if self.rest.len() > 1 {
            self.rest.push(b',');
        }
        // Past the limit it is enough to know that it was passed.
        if self.rest.len() <= MAX_BYTES {
            self.rest.extend([&key.bytes[..], b":", &value.bytes].concat());
        }
    }
}

fn parse(piece: &Piece) -> Result<Value, Reason> {
    match piece.state {
        Cut::TooLong => Err(Reason::TooLong),
        Cut::Unfinished => Err(Reason::Unfinished),
        Cut::Whole => serde_json::from_slice(piece.bytes.trim_ascii_end()).map_err(Reason::NotJson),
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<ExternalFactCheck, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.advance() {
            let line = self.input.line();
            self.fail(line, Reason::Read(error));
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests;
