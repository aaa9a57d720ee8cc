//! Images that are shown, and the classes that a network answers to them.

use descent_protocol::{Images, ShownImages};

/// Index and value of the largest; `None` of none.
pub(crate) fn largest(probs: &[f32]) -> Option<(usize, f32)> {
    probs.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// What a network says of a test image, as classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) said: usize,
    pub(crate) truth: usize,
}

impl Answer {
    pub(crate) fn is_wrong(self) -> bool {
        self.said != self.truth
    }
}

/// The answer to each of the images that are shown; `None` where it has not come.
pub(crate) fn answers(shown: &ShownImages, images: Option<&Images>) -> Vec<Option<Answer>> {
    let answer = |(sample, &label): (usize, &u8)| {
        let (said, _) = largest(probs(shown, images?, sample)?)?;
        Some(Answer { said, truth: usize::from(label) })
    };
    shown.labels.iter().enumerate().map(answer).collect()
}

/// The probabilities of the classes for one of the images that are shown.
pub(crate) fn probs<'a>(shown: &ShownImages, images: &'a Images, sample: usize) -> Option<&'a [f32]> {
    let n = shown.classes.len();
    images.answers.get(sample * n..(sample + 1) * n)
}

/// The pixels of one of the images that are shown.
pub(crate) fn pixels(shown: &ShownImages, sample: usize) -> Option<&[u8]> {
    let size = shown.size[0] * shown.size[1];
    shown.pixels.get(sample * size..(sample + 1) * size)
}

/// What a class is called; nothing for one that is not there.
pub(crate) fn class_name(shown: &ShownImages, class: usize) -> String {
    shown.classes.get(class).cloned().unwrap_or_default()
}

/// The first word of a name, where the whole does not fit.
pub(crate) fn first_word(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> ShownImages {
        ShownImages { size: [1, 2], pixels: vec![1, 2, 3, 4], labels: vec![0, 1], classes: vec!["a b".into(), "c".into()] }
    }

    #[test]
    fn the_largest_probability_is_the_answer() {
        let images = Images { answers: vec![0.75, 0.25, 0.625, 0.375], ..Images::default() };
        let all = answers(&shown(), Some(&images));
        assert_eq!(all, [Some(Answer { said: 0, truth: 0 }), Some(Answer { said: 0, truth: 1 })]);
        assert_eq!(all.iter().flatten().filter(|answer| answer.is_wrong()).count(), 1);
    }

    #[test]
    fn images_without_answers_have_none() {
        assert_eq!(answers(&shown(), None), [None, None]);
        // The answers of a network with fewer classes, of a run that is over.
        assert_eq!(answers(&shown(), Some(&Images { answers: vec![1.0], ..Images::default() })), [None, None]);
        assert_eq!(answers(&ShownImages::default(), Some(&Images::default())), []);
    }

    #[test]
    fn what_is_not_shown_has_no_pixels_and_no_name() {
        assert_eq!([pixels(&shown(), 1), pixels(&shown(), 2)], [Some(&[3, 4][..]), None]);
        assert_eq!([class_name(&shown(), 0), class_name(&shown(), 9)], ["a b", ""]);
        assert_eq!(first_word("a b"), "a");
    }
}
