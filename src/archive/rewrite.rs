//! A file comes in, with who says which of its records must go; the same file without them goes out, under another name.
//!
//! Members that stay are copied byte for byte, so their digests hold. The new file is whole before anybody is told of it, and
//! the old one goes last: what a kill leaves is an old file, or both, and [`unfinished`] names the second.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{
    reader::{ReadError, Record, Records},
    writer::ENDING,
};

/// What a file that is being written is called in the end.
const PART: &str = ".part";

/// Whether a record stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Stays,
    /// It does not, nor what belongs to it: the request of an answer.
    Goes,
}

/// Why a file cannot be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// A crawl is writing it, or another process rewrites files.
    #[error("another process is writing the archive's {0}: run this again when it is done")]
    InUse(String),
    /// From a place on nothing can be read; what follows it is not known.
    #[error("{file} cannot be read from byte {place} on")]
    Damaged {
        /// The file's name.
        file: String,
        /// Where.
        place: u64,
    },
    /// The system refused.
    #[error("the archive cannot be written")]
    Io(#[from] io::Error),
}

/// A file that was written anew. The old one is there until [`Rewriting::finish`].
#[derive(Debug)]
pub struct Rewriting {
    /// The old file's name.
    pub file: String,
    /// The new one's; `None` if no record of an exchange is left.
    pub new: Option<String>,
    /// Records that went.
    pub dropped: u64,
    /// Where each record that stays was, and where it is.
    pub moved: Vec<(u64, u64)>,
    path: PathBuf,
}

impl Rewriting {
    /// Deletes the old file. Call it when nobody refers to that any longer.
    pub fn finish(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        sync_dir(&self.path)
    }
}

/// The right to rewrite files in an archive's folder, as long as it lives: a lock on the folder itself. None is needed where there
/// is no folder.
pub fn exclusive(dir: &Path) -> Result<Option<File>, RewriteError> {
    if !dir.exists() {
        return Ok(None);
    }
    let folder = File::open(dir)?;
    locked(&folder, "folder")?;
    Ok(Some(folder))
}

fn locked(file: &File, name: &str) -> Result<(), RewriteError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(RewriteError::InUse(name.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The names of an archive's files, sorted.
pub fn files(dir: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.ends_with(ENDING).then_some(name));
    }
    names.sort();
    Ok(names)
}

/// Old files whose new ones are there, too: a rewriting was broken off between the two. Parts of new files are deleted.
pub fn unfinished(dir: &Path) -> io::Result<Vec<(String, String)>> {
    let names: HashSet<String> = files(dir)?.into_iter().collect();
    for name in &names {
        let part = dir.join(format!("{}{PART}", next_name(name)));
        if part.exists() {
            fs::remove_file(part)?;
        }
    }
    let pairs = names.iter().map(|old| (old.clone(), next_name(old)));
    Ok(pairs.filter(|(_, new)| names.contains(new)).collect())
}

/// `a.warc.gz`, `a.r1.warc.gz`, `a.r2.warc.gz`: the same after a kill, so that nothing is written twice.
fn next_name(name: &str) -> String {
    let stem = name.strip_suffix(ENDING).unwrap_or(name);
    let revision = stem
        .rsplit_once(".r")
        .and_then(|(stem, number)| Some((stem, number.parse::<u32>().ok()?)));
    let (stem, number) = revision.unwrap_or((stem, 0));
    format!("{stem}.r{}{ENDING}", number + 1)
}

/// Writes a file anew without some of its records; `None` if all stay. A record that a kill cut off at its end goes in any case, when
/// others do.
pub fn rewrite(dir: &Path, name: &str, fate: impl FnMut(&Record) -> Fate) -> Result<Option<Rewriting>, RewriteError> {
    let path = dir.join(name);
    let mut old = OpenOptions::new().read(true).write(true).open(&path)?;
    locked(&old, name)?;
    let plan = Plan::of(&path, name, fate)?;
    if plan.dropped == 0 {
        return Ok(None);
    }
    let mut rewriting = Rewriting {
        file: name.to_owned(),
        new: None,
        dropped: plan.dropped,
        moved: Vec::new(),
        path,
    };
    if plan.exchanges > 0 {
        let new = next_name(name);
        rewriting.moved = copy(&mut old, &plan.kept, &dir.join(&new))?;
        rewriting.new = Some(new);
    }
    Ok(Some(rewriting))
}

/// Which bytes of a file stay.
#[derive(Default)]
struct Plan {
    /// Where each record that stays begins and ends.
    kept: Vec<(u64, u64)>,
    /// Of these, how many are not about the file itself.
    exchanges: u64,
    end_of_last: u64,
    dropped: u64,
}

impl Plan {
    fn of(path: &Path, name: &str, mut fate: impl FnMut(&Record) -> Fate) -> Result<Self, RewriteError> {
        let (mut plan, mut gone, mut open) = (Self::default(), HashSet::new(), None);
        for record in Records::open(path, 0)? {
            let record = match record {
                Ok(record) => record,
                // What a kill cut off; it is not taken over.
                Err(ReadError::Damaged(what)) if what == ReadError::CUT => break,
                Err(_) => {
                    let (file, place) = (name.to_owned(), plan.end_of_last);
                    return Err(RewriteError::Damaged { file, place });
                }
            };
            plan.close(&mut open);
            let id = record.field("WARC-Record-ID").unwrap_or_default().to_owned();
            let belongs = record
                .field("WARC-Concurrent-To")
                .is_some_and(|other| gone.contains(other));
            if belongs || fate(&record) == Fate::Goes {
                gone.insert(id);
                plan.dropped += 1;
            } else {
                open = Some(record.offset);
                plan.exchanges += u64::from(record.field("WARC-Type") != Some("warcinfo"));
            }
            plan.end_of_last = record.end;
        }
        plan.close(&mut open);
        Ok(plan)
    }

    /// A record ends where the one after it begins.
    fn close(&mut self, open: &mut Option<u64>) {
        let end = self.end_of_last;
        self.kept.extend(open.take().map(|from| (from, end)));
    }
}

/// Copies parts of a file into a new one; says where each was and is.
fn copy(old: &mut File, parts: &[(u64, u64)], to: &Path) -> io::Result<Vec<(u64, u64)>> {
    let part = PathBuf::from(format!("{}{PART}", to.display()));
    let mut new = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&part)?;
    let (mut moved, mut at) = (Vec::new(), 0);
    for (from, end) in parts {
        old.seek(SeekFrom::Start(*from))?;
        let copied = io::copy(&mut Read::by_ref(old).take(end - from), &mut new)?;
        moved.push((*from, at));
        at += copied;
    }
    new.flush()?;
    new.sync_all()?;
    fs::rename(&part, to)?;
    sync_dir(to)?;
    Ok(moved)
}

fn sync_dir(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rewriting_has_a_name_of_its_own() {
        for (name, next) in [
            ("a.warc.gz", "a.r1.warc.gz"),
            ("a.r1.warc.gz", "a.r2.warc.gz"),
            ("a.r9.warc.gz", "a.r10.warc.gz"),
            ("a.rx.warc.gz", "a.rx.r1.warc.gz"),
        ] {
            assert_eq!(next_name(name), next);
        }
    }
}
