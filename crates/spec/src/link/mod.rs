//! An experiment and its view as the text of a link, and back.
//!
//! `v=2&dataset=digits&model=cnn&device=cpu`: keys of a closed schema, of which only those are
//! written that differ from [`Experiment::start`] and the default [`View`]. A text without `v`
//! is a TensorFlow Playground link. Whatever comes in, what comes out is safe to build: every value
//! is within its range, and the network within the limits of [`crate::cost`].

mod playground;
#[cfg(test)]
mod tests;
mod value;

pub use value::Notice;

use crate::{
    Dataset, DeviceChoice, Experiment, Features, Goal, InitChoice, Level, Loss, Model, ModelChoice, OptimizerChoice, OrderChoice,
    PenaltyChoice, ScheduleChoice, Speed, View, cost, number,
};
use value::{EVALUATE_EVERY, NOISE, RATE, TRAIN_PERCENT, escape, number_within, one_of, seed, unescape, whole};

/// The longest text that is looked at, in bytes.
pub const MAX_BYTES: usize = 32 << 10;

/// What a link holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// What is trained.
    pub experiment: Experiment,
    /// How it is shown and where it runs.
    pub view: View,
}

impl Link {
    /// What a link says where it names no more than a data set.
    fn start(dataset: Dataset) -> Self {
        Self { experiment: Experiment::start(dataset), view: View::default() }
    }

    /// A first visit goes at a speed at which one sees what is learned.
    fn first_visit() -> Self {
        Self { experiment: Experiment::first_visit(), view: View { speed: Speed::Thousand, ..View::default() } }
    }
}

/// Reads the text behind a link's `#`.
pub fn read(text: &str) -> (Link, Vec<Notice>) {
    let text = text.strip_prefix('#').unwrap_or(text);
    if text.is_empty() {
        return (Link::first_visit(), Vec::new());
    }
    if text.len() > MAX_BYTES {
        let why = format!("the link is longer than {MAX_BYTES} bytes; it was not read");
        return (Link::first_visit(), vec![Notice::new("link", text, why)]);
    }
    let pairs = || text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    if !pairs().any(|(key, _)| key == "v") {
        return playground::read(text).unwrap_or_else(|| {
            let why = "this is no link of this page or of TensorFlow Playground; a first visit was taken";
            (Link::first_visit(), vec![Notice::new("link", text, why)])
        });
    }
    let mut reader = Reader::default();
    for (key, value) in pairs() {
        reader.take(key, value);
    }
    reader.finish()
}

/// The text of an experiment with every setting, for what is kept: it stays the same experiment
/// when defaults or ready-made models change. The view is the default.
pub fn write_all(experiment: &Experiment) -> String {
    let link = Link { experiment: experiment.clone(), view: View::default() };
    let pair = |field: &Field| format!("&{}={}", field.key, escape(&(field.write)(&link)));
    FIELDS.iter().map(pair).fold("v=2".into(), |text, pair| text + &pair)
}

/// The text of a link; [`read`] gives it back.
pub fn write(link: &Link) -> String {
    let Link { experiment, .. } = link;
    let start = Link::start(experiment.dataset);
    let mut text = String::from("v=2");
    for Field { key, write, .. } in FIELDS {
        let value = write(link);
        let is_needed = *key == "dataset" && experiment.dataset != Experiment::first_visit().dataset;
        if is_needed || value != write(&start) {
            match (*key, ModelChoice::of(experiment.dataset, &experiment.model)) {
                ("layers", Some(model)) => text.extend(["&model=", model.id()]),
                _ => text.extend(["&", key, "=", &escape(&value)]),
            }
        }
    }
    text
}

/// One choice in the text of a link.
struct Field {
    key: &'static str,
    write: fn(&Link) -> String,
    /// Takes the value over, or says in words what is expected.
    read: fn(&str, &mut Link) -> Result<(), String>,
}

/// A field whose values are the ids of a choice.
macro_rules! choice_field {
    ($key:literal, $part:ident.$field:ident, $choice:ident) => {
        Field {
            key: $key,
            write: |link| link.$part.$field.id().into(),
            read: |value, link| {
                link.$part.$field = $choice::from_id(value).ok_or_else(|| one_of($choice::ALL.iter().map(|choice| choice.id())))?;
                Ok(())
            },
        }
    };
}

/// A field that is a number of a range.
macro_rules! number_field {
    ($key:literal, experiment.$field:ident, $range:expr) => {
        Field {
            key: $key,
            write: |link| number::shortest(link.experiment.$field),
            read: |value, link| {
                link.experiment.$field = number_within(value, $range)?;
                Ok(())
            },
        }
    };
}

/// A field that is true or false.
macro_rules! switch_field {
    ($key:literal, view.$field:ident) => {
        Field {
            key: $key,
            write: |link| link.view.$field.to_string(),
            read: |value, link| {
                link.view.$field = value.parse().map_err(|_| String::from("expected true or false"))?;
                Ok(())
            },
        }
    };
}

/// All of them, in the order in which they are written and read; `dataset` comes first, since
/// defaults depend on it.
const FIELDS: &[Field] = &[
    choice_field!("dataset", experiment.dataset, Dataset),
    Field {
        key: "layers",
        write: |Link { experiment, .. }| experiment.model.write(),
        read: |value, Link { experiment, .. }| {
            experiment.model = Model::read(value).map_err(|error| error.to_string())?;
            Ok(())
        },
    },
    Field {
        key: "features",
        write: |Link { experiment, .. }| names(experiment.features).join(","),
        read: |value, Link { experiment, .. }| {
            experiment.features = features(value)?;
            Ok(())
        },
    },
    number_field!("noise", experiment.noise, NOISE),
    number_field!("ratio", experiment.train_percent, TRAIN_PERCENT),
    Field {
        key: "loss",
        write: |Link { experiment, .. }| experiment.loss.id().into(),
        read: |value, Link { experiment, .. }| {
            let fitting = || Loss::ALL.iter().copied().filter(|loss| loss.fits(experiment.dataset));
            experiment.loss =
                fitting().find(|loss| loss.id() == value).ok_or_else(|| one_of(fitting().map(|loss| loss.id())) + " for this data set")?;
            Ok(())
        },
    },
    choice_field!("optimizer", experiment.optimizer, OptimizerChoice),
    number_field!("lr", experiment.learning_rate, RATE),
    choice_field!("schedule", experiment.schedule, ScheduleChoice),
    Field {
        key: "batch",
        write: |Link { experiment, .. }| experiment.batch_size.to_string(),
        read: |value, Link { experiment, .. }| {
            experiment.batch_size = number_within(value, (1.0, cost::MAX_BATCH as f64)).and_then(|size| whole(value, size))? as usize;
            Ok(())
        },
    },
    choice_field!("penalty", experiment.penalty, PenaltyChoice),
    number_field!("penalty-rate", experiment.penalty_rate, RATE),
    choice_field!("init", experiment.init, InitChoice),
    choice_field!("order", experiment.order, OrderChoice),
    Field {
        key: "seed",
        write: |Link { experiment, .. }| experiment.seed.clone(),
        read: |value, Link { experiment, .. }| {
            experiment.seed = seed(value)?;
            Ok(())
        },
    },
    Field {
        key: "draw",
        write: |Link { experiment, .. }| experiment.draw.to_string(),
        read: |value, Link { experiment, .. }| {
            experiment.draw = value.parse().map_err(|_| format!("expected a whole number from 0 to {}", u32::MAX))?;
            Ok(())
        },
    },
    Field {
        key: "evaluate-every",
        write: |Link { experiment, .. }| experiment.evaluate_every.to_string(),
        read: |value, Link { experiment, .. }| {
            experiment.evaluate_every = number_within(value, EVALUATE_EVERY).and_then(|steps| whole(value, steps))? as u32;
            Ok(())
        },
    },
    Field {
        key: "goal",
        write: |Link { experiment, .. }| experiment.goal.to_string(),
        read: |value, Link { experiment, .. }| {
            experiment.goal = Goal::read(value)?;
            Ok(())
        },
    },
    choice_field!("device", view.device, DeviceChoice),
    Field {
        key: "speed",
        write: |Link { view, .. }| view.speed.id().into(),
        read: |value, Link { view, .. }| {
            // Older links know a step a picture.
            let id = if value == "1" { Speed::Ten.id() } else { value };
            view.speed = Speed::from_id(id).ok_or_else(|| one_of(Speed::ALL.iter().map(|speed| speed.id())))?;
            Ok(())
        },
    },
    choice_field!("level", view.level, Level),
    switch_field!("show-test", view.show_test),
    switch_field!("discretize", view.discretize),
];

/// Values as they come in, to be read in the order of [`FIELDS`].
#[derive(Default)]
struct Reader<'a> {
    /// Value of each field that was given.
    given: [Option<&'a str>; FIELDS.len()],
    model: Option<&'a str>,
    notices: Vec<Notice>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, key: &'a str, value: &'a str) {
        let slot = match key {
            "v" => {
                if value != "2" {
                    self.notices.push(Notice::new(key, value, "this page reads version 2; the link was read as that"));
                }
                return;
            }
            "model" => &mut self.model,
            _ => match FIELDS.iter().position(|field| field.key == key) {
                Some(at) => &mut self.given[at],
                None => return self.notices.push(Notice::new(key, value, "there is no such setting")),
            },
        };
        match slot {
            Some(_) => self.notices.push(Notice::new(key, value, "it is given twice; the first one counts")),
            None => *slot = Some(value),
        }
    }

    fn finish(mut self) -> (Link, Vec<Notice>) {
        let mut link = Link::first_visit();
        for at in 0..FIELDS.len() {
            if let Some(value) = self.given[at] {
                self.read(at, value, &mut link);
            }
            match FIELDS[at].key {
                "dataset" => link = Link::start(link.experiment.dataset),
                "layers" => self.read_model(&mut link.experiment),
                _ => {}
            }
        }
        self.limit(&mut link.experiment);
        (link, self.notices)
    }

    /// Each value is in its range; together they may still be too much. Only once all are read is
    /// that known.
    fn limit(&mut self, experiment: &mut Experiment) {
        let Err(error) = experiment.cost() else { return };
        let start = Experiment::start(experiment.dataset);
        let refused = experiment.model.write();
        experiment.model = start.model;
        let mut taken = experiment.model.write();
        if experiment.cost().is_err() {
            experiment.batch_size = start.batch_size;
            taken += &format!(" and batches of {}", start.batch_size);
        }
        self.notices.push(Notice::new("layers", &refused, format!("{error}; {taken} was taken")));
    }

    /// Reads a field into the link; where that fails, the field stays as it is.
    fn read(&mut self, at: usize, value: &str, link: &mut Link) {
        let mut changed = link.clone();
        let result = unescape(value).ok_or_else(|| String::from("it is not text")).and_then(|text| (FIELDS[at].read)(&text, &mut changed));
        match result {
            Ok(()) => *link = changed,
            Err(why) => {
                let taken = (FIELDS[at].write)(link);
                self.notices.push(Notice::new(
                    FIELDS[at].key,
                    value,
                    format!("{why}; {} was taken", if taken.is_empty() { "none" } else { &taken }),
                ));
            }
        }
    }

    fn read_model(&mut self, experiment: &mut Experiment) {
        let Some(value) = self.model else { return };
        let fitting = ModelChoice::ALL.iter().filter(|model| model.model(experiment.dataset).is_some());
        if FIELDS.iter().zip(self.given).any(|(field, given)| field.key == "layers" && given.is_some()) {
            return self.notices.push(Notice::new("model", value, "the link names layers too, and those count"));
        }
        match ModelChoice::from_id(value).and_then(|choice| choice.model(experiment.dataset)) {
            Some(model) => experiment.model = model,
            None => {
                let why = one_of(fitting.map(|model| model.id()));
                self.notices.push(Notice::new("model", value, format!("{why} for this data set; {} was taken", experiment.model.write())));
            }
        }
    }
}

fn names(features: Features) -> Vec<&'static str> {
    Features::NAMES.iter().enumerate().filter(|(bit, _)| features.0 >> bit & 1 == 1).map(|(_, name)| *name).collect()
}

fn features(text: &str) -> Result<Features, String> {
    let mut bits = 0;
    for name in text.split(',') {
        let bit = Features::NAMES.iter().position(|known| *known == name);
        bits |= 1 << bit.ok_or_else(|| one_of(Features::NAMES.iter().copied()))?;
    }
    Ok(Features(bits))
}
