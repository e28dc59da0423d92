//! What is committed stays, whatever happens to the process or to the files.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use claim_index::{ClaimIndex, Error, Lang, Outcome};

use crate::support::{ask, at, claim, first};

fn filled(dir: &Path) {
    let index = ClaimIndex::open(dir).unwrap();
    let mut writer = index.writer().unwrap();
    for number in 0..20 {
        let text = format!("Tower number {number} was sold to a secret buyer for {number} million");
        writer.put(&claim(&format!("c{number}"), &text, Lang::EN)).unwrap();
    }
    writer.commit(&at(20)).unwrap();
}

#[test]
fn a_commit_carries_its_position() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        ClaimIndex::open_read_only(dir.path()),
        Err(Error::Absent { .. })
    ));
    let index = ClaimIndex::open(dir.path()).unwrap();
    assert_eq!(index.position().unwrap(), None);
    filled(dir.path());
    assert_eq!(
        (index.position().unwrap(), index.len()),
        (None, 0),
        "a handle stands still until it is reloaded"
    );
    index.reload().unwrap();
    assert_eq!((index.position().unwrap(), index.len()), (Some(at(20)), 20));
    let reader = ClaimIndex::open_read_only(dir.path()).unwrap();
    assert_eq!(reader.position().unwrap(), Some(at(20)));
    assert!(matches!(reader.writer(), Err(Error::ReadOnly)));
}

#[test]
fn what_is_not_committed_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let index = ClaimIndex::open(dir.path()).unwrap();
    let mut writer = index.writer().unwrap();
    writer.clear().unwrap();
    writer
        .put(&claim("late", "A late entry about nothing in particular", Lang::EN))
        .unwrap();
    drop(writer);
    index.reload().unwrap();
    assert_eq!((index.len(), index.position().unwrap()), (20, Some(at(20))));
}

#[test]
fn there_is_one_writer_and_nobody_wipes_under_it() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let index = ClaimIndex::open(dir.path()).unwrap();
    let writer = index.writer().unwrap();
    let other = ClaimIndex::open(dir.path()).unwrap();
    assert!(matches!(index.writer(), Err(Error::Busy)));
    assert!(matches!(other.writer(), Err(Error::Busy)));
    assert!(matches!(ClaimIndex::wipe(dir.path()), Err(Error::Busy)));
    drop(writer);
    other.writer().unwrap();
}

#[test]
fn wiping_takes_the_index_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    ClaimIndex::wipe(dir.path()).unwrap();
    assert!(matches!(
        ClaimIndex::open_read_only(dir.path()),
        Err(Error::Absent { .. })
    ));
    assert!(dir.path().join("notes.txt").exists());
    assert!(ClaimIndex::open(dir.path()).unwrap().is_empty());
    ClaimIndex::wipe(&dir.path().join("missing")).unwrap();
}

const VICTIM_DIR: &str = "CLAIM_INDEX_VICTIM_DIR";

/// Not a test of its own: what [`a_killed_writer_leaves_the_last_commit`] runs in another process and kills.
#[test]
fn victim() {
    let Ok(dir) = std::env::var(VICTIM_DIR) else { return };
    let index = ClaimIndex::open(Path::new(&dir)).unwrap();
    let mut writer = index.writer().unwrap();
    let from = index.position().unwrap().map_or(0, |position| position.change);
    for change in from + 1.. {
        for part in 0..5 {
            let text = format!("Change {change} part {part} of a long rumour about tower {change}");
            writer
                .put(&claim(&format!("c{change}-{part}"), &text, Lang::EN))
                .unwrap();
        }
        writer.commit(&at(change)).unwrap();
        fs::write(Path::new(&dir).join("acknowledged.txt"), change.to_string()).unwrap();
    }
}

fn start_victim(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::victim", "--nocapture"])
        .env(VICTIM_DIR, dir)
        .spawn()
        .unwrap()
}

#[test]
fn a_killed_writer_leaves_the_last_commit() {
    let dir = tempfile::tempdir().unwrap();
    let acknowledged = || {
        let text = fs::read_to_string(dir.path().join("acknowledged.txt")).unwrap_or_default();
        text.parse::<u64>().unwrap_or_default()
    };
    for round in 0..8u64 {
        let before = acknowledged();
        let mut victim = start_victim(dir.path());
        while acknowledged() < before + 2 {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_millis(round * 7));
        victim.kill().unwrap();
        victim.wait().unwrap();

        let index = ClaimIndex::open(dir.path()).unwrap();
        let change = index.position().unwrap().unwrap().change;
        assert!(
            change >= acknowledged(),
            "round {round}: an acknowledged commit is missing"
        );
        assert_eq!(
            index.len(),
            change * 5,
            "round {round}: contents and position belong together"
        );
        index.writer().expect("the dead writer's lock does not bind");
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| !file.to_string_lossy().ends_with(".lock"));
    files.sort();
    files
}

/// Opens and uses an index with one file changed. Says whether that was noticed.
fn is_noticed(dir: &Path, what: &str) -> bool {
    let used = catch_unwind(|| {
        let index = match ClaimIndex::open(dir) {
            Ok(index) => index,
            Err(Error::Damaged { .. } | Error::Incompatible { .. }) => return true,
            Err(other) => panic!("{other:?}"),
        };
        let whole = index.len() == 20 && index.position().unwrap() == Some(at(20));
        let answer = ask(&index, "Tower number 7 was sold to a secret buyer for 7 million");
        assert!(
            whole && first(&answer) == "c7" && answer.outcome == Outcome::Match,
            "{what} went unnoticed"
        );
        false
    });
    used.unwrap_or_else(|_| panic!("{what}: panicked"))
}

#[test]
fn damage_is_noticed_and_never_panics() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    for file in files(dir.path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let whole = fs::read(&file).unwrap();
        for at in (0..whole.len()).step_by((whole.len() / 40).max(1)) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            fs::write(&file, flipped).unwrap();
            let noticed = is_noticed(dir.path(), &format!("{name}, byte {at}"));
            assert!(
                noticed || name == "meta.json" || name == ".managed.json",
                "{name}, byte {at}"
            );
        }
        for length in [0, 1, whole.len() / 2, whole.len().saturating_sub(1)] {
            fs::write(&file, &whole[..length]).unwrap();
            is_noticed(dir.path(), &format!("{name}, cut to {length}"));
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(!is_noticed(dir.path(), "nothing"));
}

#[test]
fn a_damaged_index_can_be_wiped_and_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    fs::write(dir.path().join("meta.json"), "{").unwrap();
    assert!(matches!(ClaimIndex::open(dir.path()), Err(Error::Damaged { .. })));
    assert!(matches!(
        ClaimIndex::open_read_only(dir.path()),
        Err(Error::Damaged { .. })
    ));
    ClaimIndex::wipe(dir.path()).unwrap();
    filled(dir.path());
    assert_eq!(ClaimIndex::open(dir.path()).unwrap().len(), 20);
}
