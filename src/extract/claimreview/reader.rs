//! Fact-checks out of a ClaimReview file of any size: one object a line (NDJSON), one object, a list, or a `DataFeed`.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use serde_json::Value;

use super::cutter::{Cut, Cutter, MAX_BYTES, Piece};
use super::{Defaults, Reason, Unreadable, row};
use crate::domain::ExternalFactCheck;

/// Reads the fact-checks of a file one by one, and goes on after what it cannot read.
///
/// The form is found out from the first line. Of a single object the lists that may be long are streamed too, so memory
/// stays with the longest row; a row may be up to 1 MiB. After a bad row, reading goes on at the next line, or in lists at
/// the next element whose brackets balance. After a fault of the input itself it ends.
#[derive(Debug)]
pub struct Reader<R> {
    input: Cutter<R>,
    defaults: Defaults,
    place: Place,
    ready: VecDeque<Result<ExternalFactCheck, Unreadable>>,
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
    /// Behind everything.
    End,
}

/// The object that is the file, but for its long lists.
#[derive(Debug)]
struct Outer {
    line: u64,
    rest: Vec<u8>,
    /// A list in it was streamed.
    has_list: bool,
    /// That list is a JSON-LD graph, where not every node is meant to be a ClaimReview.
    is_graph: bool,
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

const GRAPH: &[u8] = b"\"@graph\"";

/// Properties whose lists are streamed: of a `DataFeed`, an `ItemList` and a JSON-LD graph.
const LISTS: &[&[u8]] = &[b"\"dataFeedElement\"", b"\"itemListElement\"", GRAPH];

impl<R: BufRead> Reader<R> {
    /// Reads from `input`; `defaults` stand in for what rows leave out.
    pub fn new(input: R, defaults: Defaults) -> Self {
        Self {
            input: Cutter::new(input),
            defaults,
            place: Place::Beginning,
            ready: VecDeque::new(),
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
            return Ok(Place::End);
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
            is_graph: false,
        }))
    }

    /// Whether the line is a row, sound or not, and not the beginning of an object that goes on over many lines or is one
    /// long line.
    fn first_line_stands_alone(&mut self) -> io::Result<bool> {
        let newline = |bytes: &[u8]| bytes.iter().position(|&b| b == b'\n');
        let next = |bytes: &[u8]| newline(bytes).and_then(|at| bytes[at..].trim_ascii_start().first().copied());
        let ahead = self
            .input
            .look_ahead(|bytes| next(bytes).is_some() || (newline(bytes).is_none() && bytes.len() > MAX_BYTES))?;
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
            return Ok(Place::End);
        }
        let piece = self.input.take_line()?;
        self.rows(&piece);
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
        let element = self.element()?;
        if outer.is_graph {
            self.ready.retain(|row| !is_no_review(row));
        }
        Ok(match element {
            Element::Taken => Place::Member(outer),
            Element::Closed => Place::Object(outer),
            Element::Missing => Place::End,
        })
    }

    fn element(&mut self) -> io::Result<Element> {
        let found = match self.input.peek()? {
            Some(b',') => Element::Taken,
            Some(b']') => Element::Closed,
            Some(_) => {
                let piece = self.input.take_value()?;
                self.rows(&piece);
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
    fn in_object(&mut self, mut outer: Outer) -> io::Result<Place> {
        match self.input.peek()? {
            None => Ok(self.fail(outer.line, Reason::Unfinished)),
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
            Some(_) => {
                outer.line = self.input.line();
                self.broken(&outer)
            }
        }
    }

    fn property(&mut self, key: &Piece, mut outer: Outer) -> io::Result<Place> {
        if self.input.peek()? != Some(b':') {
            return self.broken(&outer);
        }
        self.input.skip();
        if self.input.peek()? == Some(b'[') && LISTS.contains(&key.bytes.as_slice()) {
            self.input.skip();
            outer.has_list = true;
            outer.is_graph = key.bytes == GRAPH;
            return Ok(Place::Member(outer));
        }
        let value = self.input.take_value()?;
        if value.state == Cut::Unfinished {
            return Ok(self.fail(outer.line, Reason::Unfinished));
        }
        outer.add(key, &value);
        Ok(Place::Object(outer))
    }

    /// The file is no object after all: says so, and takes what follows as lines.
    fn broken(&mut self, outer: &Outer) -> io::Result<Place> {
        self.input.take_line()?;
        self.fail(outer.line, Reason::Broken);
        Ok(Place::Lines)
    }

    fn fail(&mut self, line: u64, reason: Reason) -> Place {
        self.ready.push_back(Err(Unreadable { line, reason }));
        Place::End
    }

    /// What the object says itself: it may be a single ClaimReview. A feed's own name and date are no rows.
    fn outer_row(&mut self, mut outer: Outer) {
        outer.rest.push(b'}');
        let state = if outer.rest.len() > MAX_BYTES {
            Cut::TooLong
        } else {
            Cut::Whole
        };
        self.rows(&Piece {
            line: outer.line,
            bytes: outer.rest,
            state,
        });
        if outer.has_list {
            self.ready.retain(|row| !is_no_review(row));
        }
    }

    /// Reads the fact-checks in a piece.
    fn rows(&mut self, piece: &Piece) {
        let line = piece.line;
        match parse(piece) {
            Ok(value) => {
                let rows = row::reviews_in(&value)
                    .into_iter()
                    .map(|review| row::read(review, &self.defaults));
                let before = self.ready.len();
                self.ready
                    .extend(rows.map(|row| row.map_err(|reason| Unreadable { line, reason })));
                if self.ready.len() == before {
                    self.fail(line, Reason::NoReview);
                }
            }
            Err(reason) => {
                self.fail(line, reason);
            }
        }
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

fn is_no_review(row: &Result<ExternalFactCheck, Unreadable>) -> bool {
    matches!(
        row,
        Err(Unreadable {
            reason: Reason::NoReview,
            ..
        })
    )
}

fn parse(piece: &Piece) -> Result<Value, Reason> {
    match piece.state {
        Cut::TooLong => Err(Reason::TooLong),
        Cut::Unfinished => Err(Reason::Unfinished),
        Cut::Whole => serde_json::from_slice(&piece.bytes).map_err(Reason::NotJson),
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<ExternalFactCheck, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.advance() {
            let line = self.input.line();
            self.place = self.fail(line, Reason::Read(error));
        }
        self.ready.pop_front()
    }
}
