//! From a choice to samples: generated sets are made here, sets of files are read from the bytes
//! that the caller brings.

use super::{DataError, Samples, digits, idx, strokes};
use descent_spec::catalog::Kind;
use descent_spec::points::{self, Points};
use descent_spec::random::seed_from_text;
use descent_spec::strokes::{TEST_ROWS, TRAIN_ROWS};
use descent_spec::{Dataset, Experiment, Features};

/// The part of an [`Experiment`] that decides which samples there are.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// The set.
    pub dataset: Dataset,
    /// Jitter of the 2-D sets in per cent.
    pub noise: f64,
    /// Share that is trained on, in per cent; of 2-D sets and digits.
    pub train_percent: f64,
    /// Inputs of the 2-D sets.
    pub features: Features,
    /// Text from which generated samples follow.
    pub seed: String,
}

impl Request {
    /// What an experiment asks for.
    pub fn of(experiment: &Experiment) -> Self {
        Self {
            dataset: experiment.dataset,
            noise: experiment.noise,
            train_percent: experiment.train_percent,
            features: experiment.features,
            seed: experiment.seed.clone(),
        }
    }
}

/// Samples and, of a 2-D set, the points they were made from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What is trained and tested on.
    pub samples: Samples,
    /// The points and the generator after them; of 2-D sets.
    pub points: Option<Points>,
}

/// Makes or reads a data set; `files` (name, bytes) are those of
/// [`descent_spec::catalog::Entry::files`] or the ones a visitor chose.
///
/// # Errors
/// [`DataError`] if a file is missing or refused.
pub fn load(request: &Request, files: Vec<(String, Vec<u8>)>) -> Result<Loaded, DataError> {
    if let Some(points) = points::points(request.dataset, request.noise / 100.0, request.train_percent, &request.seed) {
        return Ok(Loaded { samples: Samples::from_points(&points, request.features), points: Some(points) });
    }
    let samples = match request.dataset {
        Dataset::Digits => {
            let Some((_, bytes)) = files.first() else {
                return Err(DataError::new(digits::FILE, "was not loaded", None, digits::REMEDY));
            };
            digits::parse(bytes, request.train_percent)?
        }
        Dataset::Mnist | Dataset::FashionMnist => of_its_size(idx::assemble(files)?, request.dataset)?,
        Dataset::Strokes => strokes::samples(seed_from_text(&request.seed), TRAIN_ROWS, TEST_ROWS),
        Dataset::Circle | Dataset::Xor | Dataset::Gauss | Dataset::Spiral | Dataset::RegPlane | Dataset::RegGauss => {
            unreachable!("their points were made above")
        }
    };
    Ok(Loaded { samples, points: None })
}

/// Refuses images that have another size than the catalogue says, which the network is built for.
fn of_its_size(samples: Samples, dataset: Dataset) -> Result<Samples, DataError> {
    let entry = dataset.entry();
    let Kind::Images { size: [rows, columns] } = entry.kind else { return Ok(samples) };
    let [found_rows, found_columns, _] = samples.feature_shape[..] else { return Ok(samples) };
    if [found_rows, found_columns] == [rows, columns] {
        return Ok(samples);
    }
    let what = format!("have images of {found_rows}×{found_columns} where those of {} have {rows}×{columns}", entry.title);
    Err(DataError::new("The files", what, None, "Choose the set's own four files"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_another_size_are_refused() {
        let sized = |size: [usize; 2]| {
            let pixels = || (vec![0; size[0] * size[1]], vec![3]);
            of_its_size(Samples::from_images(size, pixels(), pixels(), 1.0), Dataset::Mnist)
        };
        assert!(sized([28, 28]).is_ok());
        let refused = sized([32, 28]).unwrap_err().to_string();
        assert!(refused.contains("32×28 where those of MNIST have 28×28"), "{refused}");
    }

    #[test]
    fn every_set_is_made_or_asks_for_its_files() {
        for &dataset in Dataset::ALL {
            let request = Request { dataset, noise: 10.0, train_percent: 50.0, features: Features(0b111), seed: "1".into() };
            match load(&request, Vec::new()) {
                Ok(loaded) => {
                    assert!(dataset.entry().files.is_empty(), "{dataset:?}");
                    assert_eq!(loaded.points.is_some(), dataset.is_2d());
                    assert_eq!(loaded.samples.features.len(), loaded.samples.rows() * loaded.samples.feature_len());
                }
                Err(error) => assert!(!dataset.entry().files.is_empty(), "{dataset:?}: {error}"),
            }
        }
    }
}
