//! The Rust sources, with what can be told of them without a compiler.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TESTS: &str = "#[cfg(test)]\nmod tests";

pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn is(&self, place: &str) -> bool {
        self.path == place || (place.ends_with('/') && self.path.starts_with(place))
    }

    /// Lines with their numbers, before the tests and without comments: those may name what they like.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take(self.code_lines()).enumerate();
        lines
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// How many lines there are before the tests.
    pub fn code_lines(&self) -> usize {
        self.text.split(TESTS).next().unwrap_or_default().lines().count()
    }

    /// Whether a line belongs to an item that only the wasm build sees.
    pub fn is_behind_wasm(&self, number: usize) -> bool {
        let lines: Vec<&str> = self.text.lines().collect();
        let mut at = number - 1;
        // Back to the line where the item at the top begins.
        while at > 0 && (lines[at].starts_with([' ', '}', ')']) || lines[at].is_empty()) {
            at -= 1;
        }
        let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
        attributes.into_iter().any(|line| line.contains("target_arch = \"wasm32\""))
    }
}

/// Every Rust source below `place`, which has to be there, in the order of their paths.
pub fn sources(place: &str) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut open = vec![root.join(place)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(read(root, path));
        }
    }
    assert!(!found.is_empty(), "{place} has no sources");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The paths of files that exist in the wasm build alone: their `mod` line says so.
pub fn glue() -> BTreeSet<String> {
    let mut glue = BTreeSet::new();
    for source in sources("src") {
        let lines: Vec<&str> = source.text.lines().collect();
        for pair in lines.windows(2) {
            let is_glue = pair[0].contains("cfg(target_arch = \"wasm32\")");
            let module = pair[1].trim_end_matches(';').rsplit_once("mod ").map(|(_, name)| name);
            if let (true, Some(name)) = (is_glue && pair[1].ends_with(';'), module) {
                let folder = match source.path.as_str() {
                    "src/lib.rs" => "src",
                    path => path.trim_end_matches("/mod.rs"),
                };
                glue.insert(format!("{folder}/{name}.rs"));
            }
        }
    }
    assert!(glue.len() > 20, "{glue:?}");
    glue
}

/// A file of the repository.
pub fn text_of(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Whether `line` has `word` as a word of its own.
pub fn names(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(root: &Path, path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let path =
        path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    Source { path, text }
}
