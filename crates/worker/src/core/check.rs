//! Whether a run can go on from bytes that may come from anywhere: a visitor's file, or what the
//! browser has kept.

use descent_protocol::CheckedRun;
use descent_spec::Snapshot;

/// What saved bytes say of their run.
///
/// # Errors
/// What to tell the visitor, as the end of a sentence.
pub(super) fn check(bytes: Option<&Vec<u8>>) -> Result<CheckedRun, String> {
    let snapshot = Snapshot::from_bytes(bytes.map_or(&[], Vec::as_slice)).map_err(|error| error.to_string())?;
    snapshot.check().map_err(|error| error.to_string())?;
    Ok(CheckedRun { step: snapshot.step(), link: snapshot.link })
}
