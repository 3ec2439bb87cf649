//! `cargo run -p taskwire-openapi` writes openapi.json. With `--check`, it only says whether the file is
//! what the sources say.

use std::process::ExitCode;
use std::{env, fs, io};
use taskwire_openapi::{FILE, text};

fn main() -> io::Result<ExitCode> {
    if !env::args().any(|argument| argument == "--check") {
        fs::write(FILE, text())?;
    } else if fs::read_to_string(FILE).unwrap_or_default() != text() {
        eprintln!("openapi.json is stale: `npm run openapi` renews it.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
