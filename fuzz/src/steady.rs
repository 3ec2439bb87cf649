//! The steady runs: hostile cases and cases made from seeds, without a fuzzer. They need no nightly
//! compiler, make the same cases on every machine, and run code that is optimised as the Worker's
//! is, so that the times mean something.
//!
//! `taskwire-fuzz TARGET CASES SEED FINDINGS`: the last is a folder for inputs that fail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;
use std::{env, fs, process};
use taskwire_fuzz::clock::{timed, worst};
use taskwire_fuzz::targets::mutate::{Material, Random};
use taskwire_fuzz::targets::{TARGETS, Target, hostile};

/// The run stops after this many failures.
const PATIENCE: usize = 20;

struct Run<'a> {
    target: Target,
    findings: &'a Path,
    cases: u64,
    failed: usize,
}

impl Run<'_> {
    /// Runs one case. Its input is kept when it fails.
    fn case(&mut self, name: &str, data: &[u8]) {
        self.cases += 1;
        let target = self.target;
        if catch_unwind(AssertUnwindSafe(|| timed(target, data))).is_ok() {
            return;
        }
        self.failed += 1;
        let file = self.findings.join(format!("steady-{}", self.failed));
        fs::create_dir_all(self.findings).expect("a folder for findings");
        fs::write(&file, data).expect("a finding is kept");
        eprintln!("FAILED {name}: {}", file.display());
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [target, cases, seed, findings] = &arguments[..] else {
        eprintln!("taskwire-fuzz TARGET CASES SEED FINDINGS");
        process::exit(2);
    };
    let (name, target) =
        TARGETS.into_iter().find(|(name, _)| name == target).expect("a target of this name");
    let cases: u64 = cases.parse().expect("a number of cases");
    let mut random = Random::new(seed.parse().expect("a number to begin with"));
    let mut run = Run { target, findings: Path::new(findings), cases: 0, failed: 0 };
    let started = Instant::now();
    let material = Material::of(name);
    for data in material.seeds() {
        run.case("a seed", data);
    }
    for (name, data) in hostile::cases(name, 1) {
        run.case(name, &data);
    }
    while run.cases < cases && run.failed < PATIENCE {
        run.case("a made case", &material.case(&mut random));
    }
    let seconds = started.elapsed().as_secs_f64();
    let worst = worst().as_secs_f64() * 1e3;
    println!(
        "cases {}, failed {}, seconds {seconds:.1}, worst {worst:.3} ms",
        run.cases, run.failed
    );
    process::exit(i32::from(run.failed > 0));
}
