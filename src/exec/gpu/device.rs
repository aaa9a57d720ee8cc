//! A GPU: asked for, watched, and the pipelines it has compiled.

use crate::exec::error::ExecError;
use crate::plan::Target;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A GPU device and everything that may be shared by the programs on it. Clones are the same
/// device.
#[derive(Clone)]
pub struct Device {
    inner: Rc<Inner>,
    target: Target,
}

struct Inner {
    device: wgpu::Device,
    queue: wgpu::Queue,
    name: String,
    is_software: bool,
    generation: u64,
    health: Arc<Health>,
    /// By text.
    pipelines: RefCell<HashMap<String, Rc<Pipeline>>>,
}

/// What callbacks of any thread report.
#[derive(Default)]
struct Health {
    is_lost: AtomicBool,
    why: Mutex<String>,
    error: Mutex<Option<String>>,
}

/// A compiled kernel text.
pub(super) struct Pipeline {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
}

static GENERATION: AtomicU64 = AtomicU64::new(1);

impl Device {
    /// Asks for the fastest adapter and a device with WebGPU's default limits and no optional
    /// feature. Starts from a fresh instance each time, since an adapter that has lost its device
    /// yields no other.
    ///
    /// # Errors
    /// [`ExecError::NoAdapter`] if there is none or it refuses a device.
    pub async fn request() -> Result<Self, ExecError> {
        let options = wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
        let adapter = instance().request_adapter(&options).await.map_err(|error| ExecError::NoAdapter(error.to_string()))?;
        Self::of(&adapter).await
    }

    /// As [`Device::request`], but the first adapter whose name contains `part`.
    ///
    /// # Errors
    /// [`ExecError::NoAdapter`] if none does or it refuses a device.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn request_named(part: &str) -> Result<Self, ExecError> {
        let adapters = instance().enumerate_adapters(wgpu::Backends::VULKAN).await;
        match adapters.iter().find(|adapter| adapter.get_info().name.contains(part)) {
            Some(adapter) => Self::of(adapter).await,
            None => Err(ExecError::NoAdapter(format!("no adapter's name contains \"{part}\""))),
        }
    }

    /// The names of all adapters.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn adapters() -> Vec<String> {
        instance().enumerate_adapters(wgpu::Backends::VULKAN).await.iter().map(|adapter| adapter.get_info().name).collect()
    }

    async fn of(adapter: &wgpu::Adapter) -> Result<Self, ExecError> {
        let wanted = wgpu::DeviceDescriptor {
            label: Some("descent"),
            required_features: wgpu::Features::empty(),
            required_limits: wgpu::Limits::default(),
            ..Default::default()
        };
        let (device, queue) = adapter.request_device(&wanted).await.map_err(|error| ExecError::NoAdapter(error.to_string()))?;
        let health = Arc::new(Health::default());
        let watched = health.clone();
        device.set_device_lost_callback(move |reason, message| watched.lose(format!("{reason:?}: {message}")));
        let watched = health.clone();
        device.on_uncaptured_error(Arc::new(move |error| watched.note(&error)));
        let (name, is_software) = describe(adapter, &device);
        let inner = Inner {
            device,
            queue,
            name,
            is_software,
            generation: GENERATION.fetch_add(1, Ordering::Relaxed),
            health,
            pipelines: RefCell::default(),
        };
        let target = if is_software { Target::SoftwareGpu } else { Target::Gpu };
        Ok(Self { inner: Rc::new(inner), target })
    }

    /// What the adapter calls itself; never empty.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Whether the adapter is emulated on the CPU.
    pub fn is_software(&self) -> bool {
        self.inner.is_software
    }

    /// Which kernels suit this device.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The same device with the kernels of another target, so that a test can run every kernel on
    /// the adapter it has.
    pub fn with_target(&self, target: Target) -> Self {
        assert!(target != Target::Cpu, "a GPU runs no CPU kernels");
        Self { inner: self.inner.clone(), target }
    }

    /// Tells devices apart: larger for each later one.
    pub fn generation(&self) -> u64 {
        self.inner.generation
    }

    /// Whether the device is gone. It does not come back; ask for another.
    pub fn is_lost(&self) -> bool {
        self.inner.health.is_lost.load(Ordering::Acquire)
    }

    /// Destroys the device, as a crash of its driver would.
    pub fn destroy(&self) {
        self.inner.device.destroy();
        self.inner.health.lose("destroyed on purpose".to_owned());
    }

    /// How many pipelines it has compiled.
    pub fn pipelines(&self) -> usize {
        self.inner.pipelines.borrow().len()
    }

    /// What went wrong since the device was made: loss first, since it is the cause of whatever
    /// follows it.
    pub(super) fn check(&self) -> Result<(), ExecError> {
        let health = &self.inner.health;
        if self.is_lost() {
            return Err(ExecError::DeviceLost(locked(&health.why).clone()));
        }
        match &*locked(&health.error) {
            Some(text) => Err(ExecError::Device(text.clone())),
            None => Ok(()),
        }
    }

    pub(super) fn wgpu(&self) -> &wgpu::Device {
        &self.inner.device
    }

    pub(super) fn queue(&self) -> &wgpu::Queue {
        &self.inner.queue
    }

    /// The pipeline of a text, compiled if it is new. `writable` tells of each binding whether the
    /// kernel writes it.
    ///
    /// # Errors
    /// [`ExecError::Shader`] if the text is refused; a browser reports that later, as an
    /// [`ExecError::Device`].
    pub(super) fn pipeline(&self, text: &str, writable: &[bool], label: &str) -> Result<Rc<Pipeline>, ExecError> {
        self.check()?;
        if let Some(pipeline) = self.inner.pipelines.borrow().get(text) {
            return Ok(pipeline.clone());
        }
        let device = &self.inner.device;
        let module =
            device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some(label), source: wgpu::ShaderSource::Wgsl(text.into()) });
        let entries: Vec<_> = writable
            .iter()
            .enumerate()
            .map(|(binding, is_writable)| wgpu::BindGroupLayoutEntry {
                binding: binding as u32,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Storage { read_only: !is_writable },
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            })
            .collect();
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: None,
            // Every kernel writes its workgroup memory before it reads it; to zero it first takes
            // SwiftShader as long to compile as the rest.
            compilation_options: wgpu::PipelineCompilationOptions { zero_initialize_workgroup_memory: false, ..Default::default() },
            cache: None,
        });
        match self.check() {
            Err(ExecError::Device(message)) => return Err(ExecError::Shader { kernel: label.to_owned(), message }),
            other => other?,
        }
        let pipeline = Rc::new(Pipeline { pipeline, layout });
        self.inner.pipelines.borrow_mut().insert(text.to_owned(), pipeline.clone());
        Ok(pipeline)
    }
}

impl Health {
    /// Keeps the first error: the later ones follow from it.
    fn note(&self, error: &wgpu::Error) {
        locked(&self.error).get_or_insert_with(|| error.to_string());
    }

    fn lose(&self, why: String) {
        let mut reason = locked(&self.why);
        if reason.is_empty() {
            *reason = why;
        }
        self.is_lost.store(true, Ordering::Release);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn instance() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = if cfg!(target_arch = "wasm32") { wgpu::Backends::BROWSER_WEBGPU } else { wgpu::Backends::VULKAN };
    wgpu::Instance::new(descriptor)
}

/// The adapter's name and whether it is a software adapter.
#[cfg(not(target_arch = "wasm32"))]
fn describe(adapter: &wgpu::Adapter, _: &wgpu::Device) -> (String, bool) {
    let info = adapter.get_info();
    (info.name, info.device_type == wgpu::DeviceType::Cpu)
}

/// The adapter's name and whether it is a software adapter. Browsers leave wgpu's own name empty,
/// so it is put together from `GPUAdapterInfo`.
#[cfg(target_arch = "wasm32")]
fn describe(_: &wgpu::Adapter, device: &wgpu::Device) -> (String, bool) {
    use wasm_bindgen::JsValue;
    let get = |object: &JsValue, key: &str| js_sys::Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED);
    let Some(device) = device.as_webgpu() else { return ("WebGPU".to_owned(), false) };
    let info = get(device.as_ref(), "adapterInfo");
    let text = |key: &str| get(&info, key).as_string().filter(|text| !text.is_empty());
    let name = text("description").unwrap_or_else(|| {
        let parts: Vec<String> = ["vendor", "architecture", "device"].into_iter().filter_map(text).collect();
        if parts.is_empty() { "WebGPU".to_owned() } else { parts.join(" ") }
    });
    // Chromium names its software adapter; the flag came to the device's copy of the information
    // later than to the adapter's.
    let is_software = get(&info, "isFallbackAdapter").as_bool().unwrap_or(false)
        || text("architecture").is_some_and(|architecture| architecture.eq_ignore_ascii_case("swiftshader"));
    (name, is_software)
}

impl fmt::Debug for Device {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Device({}, {:?})", self.inner.name, self.target)
    }
}
