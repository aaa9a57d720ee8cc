//! The program `bench`: cases and devices from the command line, the report as text or JSON.

use super::crossover::Crossover;
use super::{CASES, Host, Report, Settings};
use crate::exec::{ExecError, gpu};
use std::process::ExitCode;

const USAGE: &str = "bench --case CASE --device cpu|gpu [--adapter NAME] [--steps N] [--budget MS] [--json]
bench --crossover --cpu WORDS --date DATE [--adapter NAME] > FILE.json
bench --list";

/// What the command line asks for.
#[derive(Clone, PartialEq, Debug)]
enum Request {
    List,
    Crossover { cpu: String, date: String, adapter: Option<String> },
    Measure { case: String, is_gpu: bool, adapter: Option<String>, settings: Settings, is_json: bool },
}

/// Runs the program with its arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    match parse(arguments) {
        Ok(Request::List) => {
            println!("cases:    {}", CASES.join(" "));
            let adapters = pollster::block_on(gpu::Device::adapters());
            println!("adapters: {}", if adapters.is_empty() { "none".into() } else { adapters.join(", ") });
            ExitCode::SUCCESS
        }
        Ok(Request::Crossover { cpu, date, adapter }) => crossover(cpu, date, adapter.as_deref()),
        Ok(Request::Measure { case, is_gpu, adapter, settings, is_json }) => measure(&case, is_gpu, adapter.as_deref(), settings, is_json),
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// The first adapter whose name contains `adapter`, or the fastest.
fn request(adapter: Option<&str>) -> Result<gpu::Device, ExecError> {
    pollster::block_on(async {
        match adapter {
            Some(part) => gpu::Device::request_named(part).await,
            None => gpu::Device::request().await,
        }
    })
}

fn crossover(cpu: String, date: String, adapter: Option<&str>) -> ExitCode {
    let measured = request(adapter).map_err(|error| error.to_string()).and_then(|device| Crossover::measure(&device, cpu, date));
    match measured {
        Ok(crossover) => {
            println!("{}", crossover.json());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(case: &str, is_gpu: bool, adapter: Option<&str>, settings: Settings, is_json: bool) -> ExitCode {
    let device = match is_gpu.then(|| request(adapter)).transpose() {
        Ok(device) => device,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let host = Host { clock: crate::train::clock::now_ms, breathe: async || {} };
    let report = pollster::block_on(super::run(case, device.as_ref(), settings, host));
    println!("{}", if is_json { report.json() } else { text(&report) });
    if report.status == "ok" { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let (mut case, mut is_gpu, mut adapter, mut is_json) = (None, None, None, false);
    let (mut is_crossover, mut cpu, mut date) = (false, None, None);
    let mut settings = Settings { budget_ms: 6000.0, max_steps: None };
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{option} needs a value"));
        let number = |text: String| text.parse::<u32>().map_err(|_| format!("{text} is not a whole number"));
        match option.as_str() {
            "--list" => return Ok(Request::List),
            "--json" => is_json = true,
            "--crossover" => is_crossover = true,
            "--cpu" => cpu = Some(value()?),
            "--date" => date = Some(value()?),
            "--case" => case = Some(value()?),
            "--adapter" => adapter = Some(value()?),
            "--steps" => settings.max_steps = Some(u64::from(number(value()?)?)),
            "--budget" => settings.budget_ms = f64::from(number(value()?)?),
            "--device" => {
                is_gpu = Some(match value()?.as_str() {
                    "cpu" => false,
                    "gpu" => true,
                    other => return Err(format!("{other} is not a device")),
                })
            }
            other => return Err(format!("{other} is not an option")),
        }
    }
    if is_crossover {
        let cpu = cpu.ok_or("no --cpu was given")?;
        return Ok(Request::Crossover { cpu, date: date.ok_or("no --date was given")?, adapter });
    }
    let case = case.ok_or("no --case was given")?;
    let is_gpu = is_gpu.ok_or("no --device was given")?;
    Ok(Request::Measure { case, is_gpu, adapter, settings, is_json })
}

/// A report in a few lines for people.
fn text(report: &Report) -> String {
    let Some(figures) = &report.figures else {
        return format!("{}: {}", report.status, report.error.as_deref().unwrap_or("no figures"));
    };
    let mut lines = vec![
        format!("{} on {}", report.case, report.adapter),
        format!("{:.4} ms a step (least {:.4}, most {:.4}), {:.2} GFLOP/s", figures.ms_med, figures.ms_min, figures.ms_max, figures.gflops),
        format!("first step {:.1} ms, prepared in {:.1} ms", figures.first_step_ms, figures.init_ms),
    ];
    if let Some(training) = &report.training {
        lines.push(format!("{:.0} samples/s over {} steps; losses {:?}", training.samples_per_s, training.steps, training.losses));
    }
    if let Some(kernel) = &report.kernel {
        lines.push(format!("best {:.2} GFLOP/s over {} runs; result starts {:?}", kernel.gflops_best, kernel.runs, kernel.check));
    }
    if let Some(calls) = &report.gpu_per_step {
        lines.push(format!("a step: {:?}", calls));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_wrong_command_line_says_what_is_wrong() {
        for (line, why) in [
            ("", "no --case was given"),
            ("--case", "--case needs a value"),
            ("--case toy-mlp", "no --device was given"),
            ("--case toy-mlp --device tpu", "tpu is not a device"),
            ("--steps many", "many is not a whole number"),
            ("--fast", "--fast is not an option"),
            ("--crossover", "no --cpu was given"),
            ("--crossover --cpu abacus", "no --date was given"),
        ] {
            assert_eq!(parsed(line), Err(why.to_owned()), "{line}");
        }
        assert_eq!(parsed("--list"), Ok(Request::List));
    }
}
