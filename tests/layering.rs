//! The layering, read from the sources: what is pure does not name the platform or a clock, SQL
//! and status changes have one place each, and no file grows without end.

use std::fs;
use std::path::{Path, PathBuf};

struct Source {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn is(&self, place: &str) -> bool {
        self.path == place || (place.ends_with('/') && self.path.starts_with(place))
    }

    /// Lines with their numbers, without comments: those may name what they like.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every Rust source below `place`, which has to be there.
fn sources(place: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(place)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            || path == root.join(place)
        {
            found.push(read(root, path));
        }
    }
    assert!(!found.is_empty(), "{place} has no sources");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn read(root: &Path, path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let path =
        path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    Source { path, text }
}

/// Whether `line` has `word` as a word of its own.
fn names(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

/// Folders and files that decide. In them, only the files listed here are glue.
const PURE: [&str; 11] = [
    "src/domain/",
    "src/signature/",
    "src/request/",
    "src/response/",
    "src/provider/",
    "src/store/",
    "src/route.rs",
    "src/error.rs",
    "src/config/",
    "src/auth/claims.rs",
    "src/auth/keys.rs",
];
const GLUE: [&str; 6] =
    ["/client.rs", "/connection.rs", "/d1.rs", "/d1_content.rs", "/d1_keys.rs", "/d1_sweep.rs"];

const PLATFORM: [&str; 11] = [
    "worker",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "futures_util",
    "futures_channel",
    "SystemTime",
    "Instant",
    "getrandom",
    "env",
];

#[test]
fn what_decides_names_no_platform_no_clock_and_no_chance() {
    for place in PURE {
        for source in sources(place.trim_end_matches('/')) {
            if GLUE.iter().any(|glue| source.path.ends_with(glue)) {
                continue;
            }
            for (number, line) in source.code() {
                for word in PLATFORM {
                    assert!(!names(line, word), "{}:{number} names {word}: {line}", source.path);
                }
            }
        }
    }
}

#[test]
fn sql_is_in_the_store_and_in_the_rooms_storage_only() {
    for source in sources("src") {
        if source.is("src/store/") || source.is("src/room/storage.rs") {
            continue;
        }
        for (number, line) in source.code() {
            for word in ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE TABLE"] {
                assert!(!line.contains(word), "{}:{number}: {line}", source.path);
            }
        }
    }
}

#[test]
fn a_status_changes_in_one_file_for_tasks_for_channels_and_for_callbacks() {
    let mut places = Vec::new();
    for source in sources("src") {
        let changes = |line: &str| line.replace(' ', "").contains(".status=Status::");
        if source.code().any(|(_, line)| changes(line)) {
            places.push(source.path);
        }
    }
    let (channel, callback) = ("src/domain/channel/apply.rs", "src/domain/channel/callback.rs");
    assert_eq!(places, ["src/domain/apply.rs", channel, callback]);
}

#[test]
fn every_file_says_what_it_owns_and_stays_small() {
    for source in sources("src") {
        assert!(source.text.starts_with("//!"), "{} says nothing of itself", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", source.path);
        let code = source.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code = code.lines().count();
        assert!(code <= 300, "{} has {code} lines before its tests", source.path);
    }
}

#[test]
fn a_word_is_found_only_as_a_word_of_its_own() {
    assert!(names("use worker::Env;", "worker"));
    assert!(names("let at = std::time::SystemTime::now();", "SystemTime"));
    assert!(!names("let coworkers = workers;", "worker"));
    assert!(!names("fn environment()", "env"));
}
