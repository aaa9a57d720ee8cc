//! What is done with a session: it is opened, evaluated, and its samples and pictures are put into
//! messages.

use crate::core::{Evaluation, OpenError, OpenFault, Opened};
use descent::data::Loaded;
use descent::exec::{Backend, ExecError};
use descent::train::clock::now_ms;
use descent::train::{self, BuildError, Part, Parts, Session};
use descent_protocol::{CPU_NAME, DeviceKind, Images, Maps, Picture, Points, Samples, ShownImages};
use descent_spec::Experiment;
use std::rc::Rc;

/// How long an evaluation goes on before it looks whether the visitor has asked for something.
const EVALUATION_SLICE_MS: f64 = 10.0;

/// Builds a session at step 0; `backend` is `None` if the GPU has gone.
pub(super) async fn open<B: AsyncFn()>(
    experiment: &Experiment,
    data: &Rc<Loaded>,
    backend: Option<Backend>,
    parts: &Parts<B>,
) -> Result<(Session, Opened), OpenError> {
    let Some(backend) = backend else {
        return Err(OpenError { fault: OpenFault::Lost, text: "the GPU is lost".into() });
    };
    let error = |error: BuildError| {
        let fault = match error {
            BuildError::Exec(ExecError::DeviceLost(_)) => OpenFault::Lost,
            BuildError::Exec(_) => OpenFault::Refused,
            _ => OpenFault::Experiment,
        };
        OpenError { fault, text: error.to_string() }
    };
    let mut session = Session::new(experiment, data, &backend).map_err(error)?;
    let device_name = match &backend {
        Backend::Cpu => CPU_NAME.into(),
        Backend::Gpu(device) => {
            compile(&mut session, parts).await.map_err(|failed| error(failed.into()))?;
            device.name().to_owned()
        }
    };
    let opened = report(&session, experiment, data, device_name);
    Ok((session, opened))
}

/// Takes a step and goes back: only then are the kernels compiled, and only then shows what a
/// browser finds wrong with them.
async fn compile<B: AsyncFn()>(session: &mut Session, parts: &Parts<B>) -> Result<(), ExecError> {
    session.step(parts).await?;
    session.wait().await?;
    session.reset()
}

fn report(session: &Session, experiment: &Experiment, data: &Loaded, device_name: String) -> Opened {
    Opened {
        device_name,
        train_rows: data.samples.train_rows,
        test_rows: data.samples.test_rows,
        epoch_steps: session.epoch_steps(),
        mean_batch: session.mean_batch(),
        step_flops: session.step_flops(),
        evaluated_rows: session.evaluated_rows(),
        drawn_rows: session.drawn_rows(),
        program: session.program().to_string(),
        samples: samples(session, experiment, data),
    }
}

/// The samples to draw.
fn samples(session: &Session, experiment: &Experiment, data: &Loaded) -> Samples {
    if let Some(shown) = session.shown() {
        let classes = experiment.dataset.entry().classes.iter().map(|name| (*name).to_owned()).collect();
        return Samples::Images(ShownImages { size: shown.image, pixels: shown.pixels, labels: shown.labels, classes });
    }
    let points = data.points.iter().flat_map(|set| &set.points);
    let points = points.map(|point| [point.x as f32, point.y as f32, point.label as f32]).collect();
    Samples::Points(Points { points, train: data.samples.train_rows })
}

/// A picture as the page gets it.
pub(super) fn picture(picture: train::Picture) -> Picture {
    match picture {
        train::Picture::Maps { size, unit_size, output, units, params } => Picture::Maps(Maps { size, unit_size, output, units, params }),
        train::Picture::Images { shown, activations, drawn } => Picture::Images(Images { answers: shown, activations, drawn }),
    }
}

/// Evaluates all of it at one step. If the future is dropped, nothing was evaluated.
pub(super) async fn evaluate<B: AsyncFn()>(session: &mut Session, device: DeviceKind, parts: &Parts<B>) -> Result<Evaluation, ExecError> {
    let mut results = [None, None];
    for (part, result) in [Part::Test, Part::Train].into_iter().zip(&mut results) {
        let chunks = session.begin_evaluation(part)?;
        let mut slice_ms = now_ms();
        for _ in 0..chunks {
            session.continue_evaluation(part, parts).await?;
            if device == DeviceKind::Gpu || now_ms() - slice_ms > EVALUATION_SLICE_MS {
                session.wait().await?;
                (parts.breathe)().await;
                slice_ms = now_ms();
            }
        }
        *result = session.end_evaluation(part).await?;
    }
    let [test, train] = results;
    Ok(Evaluation {
        train_loss: train.map(|train| train.loss),
        test_loss: test.map(|test| test.loss),
        test_accuracy: test.and_then(|test| test.accuracy),
    })
}
