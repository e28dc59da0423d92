//! The way back: a file and a place in it come in; the record that begins there goes out, or why it cannot be had.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};

use super::record::{END, VERSION};
use crate::domain::{Kept, WebUrl};

/// Longest head of a record, in bytes.
const MAX_HEAD_BYTES: u64 = 1 << 16;

/// Longest block that is read, in bytes.
const MAX_BLOCK_BYTES: u64 = 1 << 30;

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("the archive's file {0} is not there")]
    Gone(String),
    /// What is there is not what was written.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// The system refused.
    #[error("the archive cannot be read")]
    Io(#[source] io::Error),
}

impl ReadError {
    /// What is damaged where a file ends within a record, as after a kill.
    pub(super) const CUT: &'static str = "a record is cut off";
}

impl From<io::Error> for ReadError {
    /// Errors of the decompressor and ends that come too soon are the file's, others the system's.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged(Self::CUT),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                Self::Damaged("a record cannot be decompressed")
            }
            _ => Self::Io(error),
        }
    }
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it begins in its file.
    pub offset: u64,
    /// Where it ends there.
    pub end: u64,
    /// SHA-256 of all of it.
    pub digest: [u8; 32],
    fields: Vec<(String, String)>,
    /// What it keeps.
    pub block: Vec<u8>,
}

/// An HTTP answer within a record's block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The body.
    pub body: &'a [u8],
}

impl Record {
    /// What it says under a name, which may be written in any case.
    pub fn field(&self, name: &str) -> Option<&str> {
        find(&self.fields, name)
    }

    /// Of which address it is.
    pub fn target(&self) -> Option<WebUrl> {
        self.field("WARC-Target-URI").and_then(|url| WebUrl::parse(url).ok())
    }

    /// Where a redirect leads.
    pub fn leads_to(&self) -> Option<WebUrl> {
        let end = self.block.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.block[..end]);
        let location = find(&fields(head.lines().skip(1)), "location")?.to_owned();
        self.target()?.join(&location).ok()
    }

    /// The HTTP answer that it keeps.
    pub fn answer(&self) -> Option<Answer<'_>> {
        let end = self.block.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.block[..end]);
        let (status, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
        let headers = fields(headers.lines());
        status.starts_with("HTTP/").then(|| Answer {
            content_type: find(&headers, "content-type").map(str::to_owned),
            body: &self.block[end + 4..],
        })
    }
}

fn find<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, text)| text.as_str())
}

fn fields<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let pairs = lines.filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, text)| (name.to_owned(), text.trim().to_owned()))
        .collect()
}

/// The record that a copy is in; [`ReadError::Damaged`] unless it is the very bytes that were written.
pub fn read(dir: &Path, kept: &Kept) -> Result<Record, ReadError> {
    // Names come from the store; one that leads elsewhere is none of ours.
    let is_plain = Path::new(&kept.file)
        .file_name()
        .is_some_and(|name| name == kept.file.as_str());
    if !is_plain {
        return Err(ReadError::Gone(kept.file.clone()));
    }
    let mut records = Records::open(&dir.join(&kept.file), kept.offset).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::Gone(kept.file.clone()),
        _ => ReadError::Io(error),
    })?;
    let record = records
        .next()
        .unwrap_or(Err(ReadError::Damaged("the file is shorter")))?;
    if record.digest == kept.digest {
        Ok(record)
    } else {
        Err(ReadError::Damaged("the digest is another"))
    }
}

/// The records of a file, one by one, from a place where one begins. Ends after the first that cannot be read.
#[derive(Debug)]
pub struct Records {
    input: BufReader<File>,
    is_broken: bool,
}

impl Records {
    /// Opens a file.
    pub fn open(path: &Path, offset: u64) -> io::Result<Self> {
        let mut input = BufReader::new(File::open(path)?);
        input.seek(SeekFrom::Start(offset))?;
        Ok(Self {
            input,
            is_broken: false,
        })
    }

    fn read(&mut self) -> Result<Option<Record>, ReadError> {
        let offset = self.input.stream_position()?;
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut member = BufReader::new(GzDecoder::new(&mut self.input));
        let head = head(&mut member)?;
        let fields = fields(head.lines().skip(1));
        let length = find(&fields, "content-length").and_then(|text| text.parse().ok());
        let length = length.filter(|length| *length <= MAX_BLOCK_BYTES);
        let length = length.ok_or(ReadError::Damaged("a record does not say how long it is"))?;
        let mut block = Vec::new();
        (&mut member).take(length).read_to_end(&mut block)?;
        let mut rest = Vec::new();
        member.take(5).read_to_end(&mut rest)?;
        if block.len() as u64 != length || rest != END {
            return Err(ReadError::Damaged("a record is not as long as it says"));
        }
        let parts = [head.as_bytes(), &block, END];
        let digest = parts.into_iter().fold(Sha256::new(), Sha256::chain_update);
        // The member has been read to its end by now, its check sum too.
        let end = self.input.stream_position()?;
        Ok(Some(Record {
            offset,
            end,
            digest: digest.finalize().into(),
            fields,
            block,
        }))
    }
}

/// A record's head, with the empty line that ends it.
fn head(member: &mut impl BufRead) -> Result<String, ReadError> {
    let mut limited = member.take(MAX_HEAD_BYTES);
    let mut head = Vec::new();
    while !head.ends_with(END) {
        if limited.read_until(b'\n', &mut head)? == 0 {
            return Err(ReadError::Damaged("a record's head has no end"));
        }
    }
    let head = String::from_utf8(head).map_err(|_| ReadError::Damaged("a record's head is no text"))?;
    if head.lines().next() == Some(VERSION) {
        Ok(head)
    } else {
        Err(ReadError::Damaged("there is no record"))
    }
}

impl Iterator for Records {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_broken {
            return None;
        }
        let record = self.read().transpose();
        self.is_broken = matches!(record, Some(Err(_)));
        record
    }
}
