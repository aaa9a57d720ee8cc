//! Changes of an experiment that touch more than one of its choices, or its tree of blocks.

pub(crate) mod blocks;
pub(crate) mod text;

use descent_spec::models::{ModelChoice, presets};
use descent_spec::number::shortest;
use descent_spec::{Dataset, Experiment};

/// Chooses a data set, with a loss that fits it. A network for points does not fit images nor the
/// reverse: then all starts as is usual for that set, but for the visitor's seed.
pub(crate) fn choose_dataset(experiment: &mut Experiment, dataset: Dataset) {
    let start = Experiment::start(dataset);
    if dataset.is_2d() == experiment.dataset.is_2d() {
        experiment.dataset = dataset;
        if !experiment.loss.fits(dataset) {
            experiment.loss = start.loss;
        }
        return;
    }
    let seed = std::mem::take(&mut experiment.seed);
    *experiment = Experiment { seed, ..start };
}

/// Gives the network another of the seven inputs, or takes it away; it keeps at least one.
pub(crate) fn toggle_feature(experiment: &mut Experiment, index: usize) {
    let next = experiment.features.0 ^ 1 << index;
    if next & 0x7f != 0 {
        experiment.features.0 = next;
    }
}

/// Another seed, so that points are drawn anew: the next number, or a number behind a text.
pub(crate) fn next_seed(experiment: &mut Experiment) {
    let seed = &experiment.seed;
    experiment.seed = match seed.parse::<u32>() {
        Ok(number) => number.wrapping_add(1).to_string(),
        Err(_) => format!("{}1", seed.chars().take(31).collect::<String>()),
    };
}

/// A preset's experiment.
pub(crate) fn preset(id: &str) -> Option<Experiment> {
    presets().into_iter().find(|preset| preset.id == id).map(|preset| preset.experiment)
}

/// What the select calls a network that is no ready-made one.
const CUSTOM: &str = "custom";

/// The model an experiment has.
pub(crate) fn model_id(experiment: &Experiment) -> &'static str {
    ModelChoice::of(experiment.dataset, &experiment.model).map_or(CUSTOM, ModelChoice::id)
}

/// Whether its network is the one for which a GPU is worth its while.
pub(crate) fn is_wide(experiment: &Experiment) -> bool {
    ModelChoice::of(experiment.dataset, &experiment.model) == Some(ModelChoice::MlpWide)
}

/// Values and names of the select of models.
pub(crate) fn model_options(experiment: &Experiment) -> Vec<(String, String)> {
    let fits = |model: &&ModelChoice| model.model(experiment.dataset).is_some();
    let mut options: Vec<_> = ModelChoice::ALL.iter().filter(fits).map(|&m| (m.id().to_string(), model_title(m).to_string())).collect();
    if model_id(experiment) == CUSTOM {
        options.push((CUSTOM.into(), "My own".into()));
    }
    options
}

fn model_title(model: ModelChoice) -> &'static str {
    match model {
        ModelChoice::Linear => "Linear",
        ModelChoice::Playground => "Small, 4 and 2",
        ModelChoice::Mlp => "Dense",
        ModelChoice::MlpWide => "Wide, 1,024 twice",
        ModelChoice::Cnn => "Convnet",
        ModelChoice::CnnNorm => "Convnet, normalised",
        ModelChoice::ResNet => "Residual, small",
        ModelChoice::Depthwise => "Depthwise-separable",
    }
}

/// Takes a ready-made model.
pub(crate) fn choose_model(experiment: &mut Experiment, id: &str) {
    if let Some(model) = ModelChoice::from_id(id).and_then(|model| model.model(experiment.dataset)) {
        experiment.model = model;
    }
}

/// What of an experiment is unusual and not to be seen at level Simple, as a list for people.
pub(crate) fn hidden_settings(experiment: &Experiment) -> String {
    let usual = Experiment::start(experiment.dataset);
    let mut list: Vec<String> = Vec::new();
    let mut name = |is_usual: bool, text: &dyn Fn() -> String| {
        if !is_usual {
            list.push(text());
        }
    };
    name(experiment.noise == usual.noise, &|| format!("noise {}", shortest(experiment.noise)));
    name(experiment.train_percent == usual.train_percent, &|| format!("training share {} %", shortest(experiment.train_percent)));
    name(experiment.features == usual.features, &|| format!("{} inputs", experiment.features.count()));
    name(experiment.batch_size == usual.batch_size, &|| format!("batches of {}", experiment.batch_size));
    name(experiment.optimizer == usual.optimizer, &|| format!("optimizer {}", experiment.optimizer.id()));
    name(experiment.learning_rate == usual.learning_rate, &|| format!("learning rate {}", shortest(experiment.learning_rate)));
    name(experiment.schedule == usual.schedule, &|| format!("schedule {}", experiment.schedule.id()));
    name(experiment.penalty == usual.penalty, &|| format!("{} of {}", experiment.penalty.id(), shortest(experiment.penalty_rate)));
    name(experiment.loss == usual.loss, &|| format!("loss {}", experiment.loss.id()));
    name(experiment.init == usual.init, &|| format!("first weights {}", experiment.init.id()));
    name(experiment.order == usual.order, &|| format!("samples in order {}", experiment.order.id()));
    name(experiment.seed == usual.seed, &|| format!("seed {}", experiment.seed));
    list.join(", ")
}

#[cfg(test)]
mod walk;

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::Loss;

    #[test]
    fn a_set_of_another_kind_brings_its_own_network_and_keeps_the_seed() {
        let mut digits = Experiment { seed: "7".into(), ..Experiment::first_visit() };
        choose_dataset(&mut digits, Dataset::Digits);
        let start = Experiment::start(Dataset::Digits);
        assert_eq!((&digits.model, digits.loss), (&start.model, start.loss));
        assert_eq!(digits.seed, "7");
    }

    #[test]
    fn a_set_of_the_same_kind_keeps_the_network_and_changes_a_loss_that_does_not_fit() {
        let mut experiment = Experiment { loss: Loss::BinaryCrossEntropy, ..Experiment::first_visit() };
        let model = experiment.model.clone();
        choose_dataset(&mut experiment, Dataset::RegPlane);
        assert_eq!(experiment.model, model);
        assert!(experiment.loss.fits(Dataset::RegPlane));
    }

    #[test]
    fn what_is_no_ready_made_model_is_ones_own() {
        let mut experiment = Experiment::start(Dataset::Digits);
        choose_model(&mut experiment, "resnet");
        assert_eq!(model_id(&experiment), "resnet");
        let titles = |experiment: &Experiment| model_options(experiment).into_iter().map(|(_, title)| title).collect::<Vec<_>>();
        assert!(titles(&experiment).iter().any(|title| title == "Depthwise-separable"));
        assert!(!titles(&experiment).iter().any(|title| title == "My own"));
        blocks::add_residual(&mut experiment);
        assert_eq!((model_id(&experiment), titles(&experiment).pop().as_deref()), ("custom", Some("My own")));
        assert!(!titles(&Experiment::first_visit()).iter().any(|title| title.contains("Residual")), "points have no images");
    }

    #[test]
    fn a_network_keeps_an_input() {
        let mut experiment = Experiment::first_visit();
        toggle_feature(&mut experiment, 0);
        toggle_feature(&mut experiment, 1);
        assert_eq!(experiment.features.0, 0b10);
        toggle_feature(&mut experiment, 6);
        assert_eq!(experiment.features.count(), 2);
    }

    #[test]
    fn a_seed_has_a_next_one() {
        let after = |seed: &str| {
            let mut experiment = Experiment { seed: seed.into(), ..Experiment::first_visit() };
            next_seed(&mut experiment);
            experiment.seed
        };
        assert_eq!([after("1"), after("4294967295"), after("tea")], ["2", "0", "tea1"]);
        assert!(after(&"x".repeat(32)).chars().count() <= 32);
    }

    #[test]
    fn a_usual_experiment_has_nothing_to_hide() {
        for &dataset in Dataset::ALL {
            assert_eq!(hidden_settings(&Experiment::start(dataset)), "");
        }
        let unusual = Experiment { batch_size: 64, learning_rate: 0.5, ..Experiment::first_visit() };
        assert_eq!(hidden_settings(&unusual), "batches of 64, learning rate 0.5");
    }
}
