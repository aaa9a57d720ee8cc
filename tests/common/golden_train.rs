//! The training trajectories of `golden/train`: real architectures through the real chain, step by
//! step.

use super::golden::{Manifest, number};
use super::interpreter::{Batch, Interpreter};
use super::training;
use descent::data::{Column, Samples};
use descent::nn::init::Init;
use descent::nn::{Architecture, Model, Routines};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::spec::model::{Extent, Outline, Role, Site, SiteKind};
use descent::spec::{Head, Layer, Task};
use descent::tensor::{Shape, Tensor};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The manifests of `dir/train` that describe a model, by name.
pub fn models(dir: &Path) -> Vec<String> {
    let listed = std::fs::read_dir(dir.join("train")).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let paths = listed.map(|entry| entry.expect("a readable folder").path());
    let manifests = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let describes_a_model = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a manifest is readable");
        serde_json::from_str::<Value>(&text).expect("a manifest is JSON").get("build").is_some()
    };
    let mut models: Vec<String> =
        manifests.filter(describes_a_model).filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    models.sort();
    assert!(!models.is_empty(), "{} holds no models", dir.display());
    models
}

/// A model of the folder, its samples and its first weights.
pub struct Trajectories {
    manifest: Manifest,
    architecture: Architecture,
    samples: Samples,
    order: Vec<u32>,
    batch: usize,
    params: Vec<Ported>,
}

/// A parameter as the file holds it and the way to the engine's layout.
struct Ported {
    name: String,
    layout: Layout,
}

/// Where PyTorch's layout differs from the engine's.
#[derive(Clone, Copy)]
enum Layout {
    /// Nowhere.
    Same,
    /// `[out, in]`, here `[in, out]`.
    Dense,
    /// `[out, c · h · w]` after an image `[c, h, w]`, here `[h · w · c, out]`.
    Flattened { channels: usize, cells: usize },
    /// `[out, in, kh, kw]`, here `[kh, kw, in, out]`.
    Conv,
}

/// Something that trains a model.
pub trait Trainer {
    /// Takes steps until so many are done.
    fn advance(&mut self, steps: usize);
    /// The parameters.
    fn params(&mut self) -> Vec<Tensor<f64>>;
    /// The loss of each step so far, before its update.
    fn losses(&mut self) -> Vec<f64>;
}

/// Runs the first `most` trajectories of a model on what `trainer` makes and prints the line of the
/// contract; returns how many failed.
///
/// `tolerance` is `tol` or `tol_gpu`, a key of each run.
pub fn run(
    dir: &Path,
    model: &str,
    executor: &str,
    tolerance: &str,
    most: usize,
    mut trainer: impl FnMut(&Trajectories, &Model, Vec<Tensor<f64>>) -> Box<dyn Trainer>,
) -> usize {
    let file = match Trajectories::open(dir, model) {
        Ok(file) => file,
        Err(why) => {
            let runs = Manifest::open(&dir.join("train"), model).json["runs"].as_array().expect("a list").len();
            println!("golden train/{model} {executor}: 0 passed, 0 failed, {runs} unsupported");
            println!("  unsupported: {why}");
            return 0;
        }
    };
    let runs = file.manifest.json["runs"].as_array().expect("a list");
    let (mut passed, mut unsupported, mut failures) = (0, Vec::new(), Vec::new());
    for run in runs.iter().take(most) {
        let name = run["name"].as_str().expect("a name");
        let Some(update) = training::update(run, file.steps() as u32) else {
            unsupported.push(name);
            continue;
        };
        let routines = Routines { data_words: file.data_words(), step: Some((file.gather(), update)), evaluations: vec![], probes: vec![] };
        let built = Model::build(&file.architecture, &routines).expect("the layers fit");
        match file.follows(run, tolerance, &mut *trainer(&file, &built, file.first_params())) {
            Ok(()) => passed += 1,
            Err(why) => failures.push(format!("{name}: {why}")),
        }
    }
    println!("golden train/{model} {executor}: {passed} passed, {} failed, {} unsupported", failures.len(), unsupported.len());
    unsupported.iter().for_each(|name| println!("  unsupported: {name}"));
    failures.iter().for_each(|why| println!("  failed: {why}"));
    failures.len()
}

/// A trainer by the f64 interpreter.
pub fn interpreted(file: &Trajectories, model: &Model, params: Vec<Tensor<f64>>) -> Box<dyn Trainer> {
    let batches = (0..file.steps()).map(|step| file.batch_of(step)).collect();
    Box::new(Interpreted { interpreter: Interpreter::new(model, params), batches, losses: Vec::new() })
}

struct Interpreted {
    interpreter: Interpreter,
    batches: Vec<Batch>,
    losses: Vec<f64>,
}

impl Trainer for Interpreted {
    fn advance(&mut self, steps: usize) {
        while self.losses.len() < steps {
            self.losses.push(self.interpreter.train(&self.batches[self.losses.len()]));
        }
    }

    fn params(&mut self) -> Vec<Tensor<f64>> {
        self.interpreter.params.clone()
    }

    fn losses(&mut self) -> Vec<f64> {
        self.losses.clone()
    }
}

impl Trajectories {
    /// Reads a model of `dir/train` by its field `build`.
    ///
    /// # Errors
    /// What the engine lacks.
    pub fn open(dir: &Path, model: &str) -> Result<Self, String> {
        let manifest = Manifest::open(&dir.join("train"), model);
        let build = &manifest.json["build"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let extents = build["input"].as_array().ok_or("tokens as input")?;
        let extents: Vec<usize> = extents.iter().map(|extent| number(extent) as usize).collect();
        let input = Extent::of_shape(&extents).ok_or_else(|| format!("an input of {extents:?}"))?;
        let network = descent::spec::Model::read(&text(&build["model"])).map_err(|error| error.to_string())?;
        let head = head(&text(&build["head"]))?;
        let architecture = Architecture::new(&network, Task { input, head }, Init::Default).map_err(|error| error.to_string())?;
        let layouts = layouts(&architecture.outline);
        let names: Vec<String> = build["tensors"].as_array().expect("a list").iter().map(text).collect();
        assert_eq!(names.len(), layouts.len(), "{model} has as many tensors as its layers declare");
        let params = names.into_iter().zip(layouts).map(|(name, layout)| Ported { name, layout }).collect();

        let batch = number(&manifest.json["model"]["batch"]) as usize;
        let order = manifest.tensor("data/order").data().iter().map(|row| *row as u32).collect();
        let features = if manifest.has("data/x_u8") {
            let bytes = channels_last(input, manifest.tensor("data/x_u8").data()).iter().map(|byte| *byte as u8).collect();
            Column::U8 { bytes, scale: 1.0 / 16.0 }
        } else {
            Column::F32(channels_last(input, manifest.tensor("data/x").data()).iter().map(|value| *value as f32).collect())
        };
        let labels = manifest.tensor("data/y");
        // The files' binary labels are 0 and 1, the engine's -1 and 1.
        let label = |label: &f64| if head == Head::BinaryCrossEntropy { 2.0 * label - 1.0 } else { *label };
        let target: Vec<f32> = labels.data().iter().map(|y| label(y) as f32).collect();
        let samples = Samples {
            train_rows: target.len(),
            test_rows: 0,
            feature_shape: Shape::from(extents),
            features,
            target: Column::F32(target),
            classes: if let Head::CrossEntropy { classes } = head { classes } else { 0 },
        };
        Ok(Self { manifest, architecture, samples, order, batch, params })
    }

    fn steps(&self) -> usize {
        number(&self.manifest.json["steps"]) as usize
    }

    /// The samples, and the rows of all batches.
    pub fn samples(&self) -> (&Samples, &[u32]) {
        (&self.samples, &self.order)
    }

    fn data_words(&self) -> [usize; 3] {
        self.samples.data_words(self.order.len())
    }

    fn gather(&self) -> Gather {
        let stored = |column: &Column| match column {
            Column::U8 { scale, .. } => Stored::U8 { scale: *scale },
            Column::F32(_) => Stored::F32,
        };
        Gather {
            order: Order::Listed { steps: self.steps() },
            first_row: 0,
            rows: self.samples.train_rows,
            batch: self.batch,
            capacity: self.batch,
            feature_len: self.samples.feature_len(),
            features: stored(&self.samples.features),
            target_len: 1,
            target: stored(&self.samples.target),
        }
    }

    fn batch_of(&self, step: usize) -> Batch {
        let rows = &self.order[step * self.batch..][..self.batch];
        let features: Vec<f64> = rows.iter().flat_map(|row| self.samples.feature_row(*row as usize)).map(f64::from).collect();
        let targets: Vec<f64> = rows.iter().map(|row| f64::from(self.samples.target.value(*row as usize))).collect();
        let shape: Vec<usize> = std::iter::once(self.batch).chain(self.samples.feature_shape.iter().copied()).collect();
        let target = if self.samples.classes > 0 { Shape::from([self.batch]) } else { Shape::from([self.batch, 1]) };
        Batch { features: Tensor::new(shape, features), target: Tensor::new(target, targets), valid: self.batch }
    }

    /// The first weights in the engine's layout and order.
    fn first_params(&self) -> Vec<Tensor<f64>> {
        self.params.iter().map(|param| param.layout.port(&self.manifest.tensor(&format!("init/{}", param.name)))).collect()
    }

    /// Whether a run stays within the file's limits.
    fn follows(&self, run: &Value, tolerance: &str, trainer: &mut dyn Trainer) -> Result<(), String> {
        let name = run["name"].as_str().expect("a name");
        let limits = &run[tolerance];
        let want = self.manifest.tensor(&format!("run/{name}/loss64"));
        let is_kink_sensitive = run["kink_sensitive"].as_bool().expect("a truth value");
        for snapshot in self.manifest.json["snapshots"].as_array().expect("a list").iter().map(|step| number(step) as usize) {
            let key = snapshot.to_string();
            trainer.advance(snapshot);
            let (loss_limit, weight_limit) = (number(&limits["loss_abs_up_to_step"][&key]), number(&limits["weight_abs_at_step"][&key]));
            // Where ReLU or max pooling may take the other branch, only the early steps are
            // comparable; step 50 where its tolerance is small.
            if is_kink_sensitive && (snapshot > 50 || snapshot == 50 && weight_limit > 1e-3) {
                continue;
            }
            let losses = trainer.losses();
            for (step, (got, want)) in losses.iter().zip(want.data()).enumerate() {
                let error = (got - want).abs();
                if error.is_nan() || error > loss_limit {
                    return Err(format!("loss of step {step} is {got}, not {want} (off by {error:.1e}, limit {loss_limit:.1e})"));
                }
            }
            for (param, got) in self.params.iter().zip(trainer.params()) {
                let want = param.layout.port(&self.manifest.tensor(&format!("run/{name}/w64@{snapshot}/{}", param.name)));
                let error = got
                    .data()
                    .iter()
                    .zip(want.data())
                    .map(|(got, want)| (got - want).abs())
                    .fold(0.0, |a: f64, b| if b > a || b.is_nan() { b } else { a });
                if error.is_nan() || error > weight_limit {
                    return Err(format!("{} after {snapshot} steps is off by {error:.1e}, limit {weight_limit:.1e}", param.name));
                }
            }
        }
        if is_kink_sensitive {
            let losses = trainer.losses();
            let got = losses[losses.len() - 10..].iter().sum::<f64>() / 10.0;
            let want = number(&run["mean_last10"]);
            if (got - want).abs() > 0.02 + 0.1 * want || got.is_nan() {
                return Err(format!("the mean of the last 10 losses is {got}, not {want}"));
            }
        }
        Ok(())
    }
}

/// The head of a manifest's text.
fn head(text: &str) -> Result<Head, String> {
    match text.split(':').collect::<Vec<_>>()[..] {
        ["half-square"] => Ok(Head::HalfSquare { is_classification: true }),
        ["binary-cross-entropy"] => Ok(Head::BinaryCrossEntropy),
        ["cross-entropy", classes] => Ok(Head::CrossEntropy { classes: classes.parse().expect("a number of classes") }),
        _ => Err(format!("a head of {text}")),
    }
}

/// How each trained tensor is stored in the file, in the engine's order.
fn layouts(outline: &Outline) -> Vec<Layout> {
    let trained = |site: &Site| site.tensors.iter().filter(|tensor| tensor.role.is_trained()).map(|tensor| tensor.role).collect::<Vec<_>>();
    let of_site = |site: &Site| trained(site).into_iter().map(|role| layout(outline, site, role)).collect::<Vec<_>>();
    outline.sites.iter().flat_map(of_site).collect()
}

fn layout(outline: &Outline, site: &Site, role: Role) -> Layout {
    match (site.kind, role) {
        (SiteKind::Layer(Layer::Conv(_)), Role::Weight) => Layout::Conv,
        (_, Role::Weight) => {
            // Whatever lies between the image and the product keeps its elements' order.
            let mut from = &outline.sites[site.parents[0]];
            while matches!(from.kind, SiteKind::Layer(Layer::Flatten(_) | Layer::Dropout(_))) {
                from = &outline.sites[from.parents[0]];
            }
            match from.extent {
                Extent::Image { rows, cols, channels } => Layout::Flattened { channels, cells: rows * cols },
                _ => Layout::Dense,
            }
        }
        _ => Layout::Same,
    }
}

/// Images `[channels, rows, cols]` as `[rows, cols, channels]`; other samples as they are.
fn channels_last(input: Extent, data: &[f64]) -> Vec<f64> {
    let Extent::Image { rows, cols, channels } = input else { return data.to_vec() };
    let cells = rows * cols;
    let pixel = |image: &[f64], at: usize| image[at % channels * cells + at / channels];
    data.chunks(cells * channels).flat_map(|image| (0..image.len()).map(|at| pixel(image, at)).collect::<Vec<_>>()).collect()
}

impl Layout {
    /// The tensor in the engine's layout.
    fn port(self, tensor: &Tensor<f64>) -> Tensor<f64> {
        let (shape, data) = (tensor.shape(), tensor.data());
        match self {
            Layout::Same => tensor.clone(),
            Layout::Dense => {
                let (outputs, inputs) = (shape[0], shape[1]);
                Tensor::from_fn([inputs, outputs], |e| data[e % outputs * inputs + e / outputs])
            }
            Layout::Flattened { channels, cells } => {
                let outputs = shape[0];
                Tensor::from_fn([channels * cells, outputs], |e| {
                    let (row, output) = (e / outputs, e % outputs);
                    let (cell, channel) = (row / channels, row % channels);
                    data[output * channels * cells + channel * cells + cell]
                })
            }
            Layout::Conv => {
                let &[outputs, inputs, kh, kw] = &**shape else { panic!("a convolution's weight has four axes") };
                Tensor::from_fn([kh, kw, inputs, outputs], |e| {
                    let (output, rest) = (e % outputs, e / outputs);
                    let (input, tap) = (rest % inputs, rest / inputs);
                    data[(output * inputs + input) * kh * kw + tap]
                })
            }
        }
    }
}
