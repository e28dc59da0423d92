//! The nouns of the house: plain values, no IO, no wire formats. One noun a file.

mod act;
mod actor;
mod alarm;
mod attachment;
mod author;
mod change;
mod claim;
mod document;
mod fact_check;
mod health;
mod id;
mod key;
mod report;
mod sighting;
mod source;
mod time;
mod url;
mod verdict;
mod words;

pub use act::{Act, ActKind};
pub use actor::Actor;
pub use alarm::{Alarm, AlarmKind, Evidence, Thresholds};
pub use attachment::{Attachment, AttachmentState, Reason, ReasonError};
pub use author::{AccountKey, Author, Handle, Pseudonym};
pub use change::{Action, Change, ObjectKind};
pub(crate) use claim::clean;
pub use claim::{Audience, Claim, ClaimOrigin, ClaimText, ClaimTextError};
pub use claim_index::{Fingerprint, Lang};
pub use document::{Document, Kept, Mention, Sign};
pub use fact_check::{
    ExternalFactCheck, FactCheck, FactCheckBody, FactCheckOrigin, FactCheckVersion, OwnFactCheck, Publisher, Rating,
};
pub use health::{Failure, Health, RobotsSay, is_broken_at};
pub use id::{
    ActId, AlarmId, AttachmentId, ClaimId, DocumentId, FactCheckId, IdError, KeyId, ReportId, SightingId, SourceId,
};
pub use key::{ApiKey, Scope};
pub use report::{Receipt, ReceiptError, Report, ReportState};
pub use sighting::Sighting;
pub use source::{Source, SourceKind, SourceKindError};
pub use time::Timestamp;
pub use url::{UrlError, UrlKey, WebUrl};
pub use verdict::Verdict;
