//! What files a visitor may bring as a data set, and for which set they are.

use descent::data::idx::MAX_FILE;
use descent_spec::number::thousands;
use descent_spec::{Dataset, quote};

/// The most files that are looked at: a set has four, and a folder a few more.
const MOST_FILES: usize = 16;
/// The most bytes of all together.
const MOST_BYTES: f64 = 4.0 * MAX_FILE as f64;
/// The longest name that is shown whole, in characters.
const LONGEST_NAME: usize = 60;

/// A file's name, for people.
pub fn shown_name(name: &str) -> String {
    Some(quote(name, LONGEST_NAME)).filter(|name| !name.is_empty()).unwrap_or_else(|| "A file without a name".into())
}

/// Counts and sums files (name, bytes) before one is read.
///
/// # Errors
/// What to tell the visitor.
pub fn check_files(files: &[(String, f64)]) -> Result<(), String> {
    const ADVICE: &str = "Choose the set's four IDX files.";
    if files.len() > MOST_FILES {
        return Err(format!("{} files came at once, and none was read. {ADVICE}", thousands(files.len() as u64)));
    }
    if let Some((name, bytes)) = files.iter().find(|(_, bytes)| *bytes > MAX_FILE as f64) {
        let (name, bytes) = (shown_name(name), thousands(*bytes as u64));
        return Err(format!("{name} has {bytes} bytes, more than any file of such a set. {ADVICE}"));
    }
    let bytes: f64 = files.iter().map(|(_, bytes)| bytes).sum();
    if bytes > MOST_BYTES {
        return Err(format!("The files have {} bytes together, more than any such set. {ADVICE}", thousands(bytes as u64)));
    }
    Ok(())
}

/// Samples from a visitor's files. MNIST and Fashion-MNIST have the same form, so the files do not
/// say of which set they are.
pub struct Brought<T> {
    /// The set, once it is known.
    dataset: Option<Dataset>,
    samples: T,
}

impl<T> Brought<T> {
    /// Brought while the page shows `shown`: for that set, if its samples come from files.
    pub fn new(shown: Dataset, samples: T) -> Self {
        Self { dataset: Some(shown).filter(|dataset| dataset.is_from_files()), samples }
    }

    /// The samples of `dataset`, if these are such. Where the set is not known yet, they are of the
    /// first set from files that is asked for.
    pub fn give(&mut self, dataset: Dataset) -> Option<&T> {
        if self.dataset.is_none() && dataset.is_from_files() {
            self.dataset = Some(dataset);
        }
        (self.dataset == Some(dataset)).then_some(&self.samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_and_summed_before_one_is_read() {
        let of = |count: usize, bytes: f64| vec![("a\u{202e}.gz".to_owned(), bytes); count];
        assert_eq!(check_files(&of(4, 50e6)), Ok(()));
        let refused = |files: &[(String, f64)]| check_files(files).expect_err("too much");
        assert!(refused(&of(10_000, 1.0)).starts_with("10,000 files came at once"));
        assert!(refused(&of(1, 1e9)).starts_with("a.gz has 1,000,000,000 bytes"));
        assert!(refused(&of(16, 60e6)).starts_with("The files have 960,000,000 bytes together"));
        assert_eq!(shown_name("\n"), "A file without a name");
    }

    #[test]
    fn files_are_for_the_set_that_is_shown() {
        let mut brought = Brought::new(Dataset::FashionMnist, 7);
        assert_eq!(brought.give(Dataset::Mnist), None);
        assert_eq!(brought.give(Dataset::FashionMnist), Some(&7));
    }

    #[test]
    fn files_brought_while_another_set_is_shown_are_for_the_first_that_is_chosen() {
        let mut brought = Brought::new(Dataset::Circle, 7);
        assert_eq!(brought.give(Dataset::Circle), None);
        assert_eq!(brought.give(Dataset::FashionMnist), Some(&7));
        assert_eq!(brought.give(Dataset::Mnist), None);
    }
}
