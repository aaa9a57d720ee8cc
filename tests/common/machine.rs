//! What this machine offers: data sets in its files, and perhaps a GPU.

use descent::data::{Loaded, Request, load};
use descent::exec::{ExecError, gpu::Device};
use descent::spec::Experiment;
use std::path::Path;
use std::rc::Rc;

/// The samples of an experiment whose files lie in `folder`.
pub fn data_in(folder: &Path, experiment: &Experiment) -> Rc<Loaded> {
    let read = |name: &&str| {
        let path = folder.join(name);
        ((*name).to_owned(), std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let files = experiment.dataset.entry().files.iter().map(read).collect();
    Rc::new(load(&Request::of(experiment), files).expect("the data is sound"))
}

/// The samples of an experiment on a set that is generated or bundled.
pub fn bundled(experiment: &Experiment) -> Rc<Loaded> {
    data_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("www"), experiment)
}

/// The adapter of this machine, or a line that says why its tests are skipped.
pub fn adapter() -> Option<Device> {
    match pollster::block_on(Device::request()) {
        Ok(device) => Some(device),
        Err(error @ ExecError::NoAdapter(_)) => {
            println!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}
