//! For which data set the files are that a visitor has brought.

use descent_spec::Dataset;

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
