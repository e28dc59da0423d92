//! Ratings of many scales, normalised to one small enum.

use super::words::words;

/// Our small scale. `Unmapped` is said where no table row fits: guessing would put words into a publisher's mouth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Correct.
    True,
    /// Correct but for details.
    MostlyTrue,
    /// Partly correct, partly false.
    Mixed,
    /// False but for details.
    MostlyFalse,
    /// Wrong or made up.
    False,
    /// True words, false impression: context missing or misused.
    Misleading,
    /// Pictures, video or quotes changed or taken from elsewhere.
    Altered,
    /// Meant as satire.
    Satire,
    /// No evidence either way.
    Unproven,
    /// The publisher's rating is in no table.
    Unmapped,
}

words!(Verdict {
    True => "true",
    MostlyTrue => "mostly_true",
    Mixed => "mixed",
    MostlyFalse => "mostly_false",
    False => "false",
    Misleading => "misleading",
    Altered => "altered",
    Satire => "satire",
    Unproven => "unproven",
    Unmapped => "unmapped",
});
