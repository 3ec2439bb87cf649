//! The layering, checked on the sources: which folder may use which, no import cycles, no vendor outside
//! of its folder, no platform in pure code, SQL and status changes in one place each, and a limit on the
//! length of files.

#[path = "layering/imports.rs"]
mod imports;
#[path = "layering/sources.rs"]
mod sources;

use imports::{Imports, circles};
use sources::{Source, names, sources, text_of};
use std::collections::{BTreeMap, BTreeSet};

/// What each folder, or file at the top, may use besides itself. ARCHITECTURE.md shows the same table.
const DIRECTIONS: [(&str, &str); 25] = [
    ("error", ""),
    ("json", "error"),
    ("url", "error"),
    ("domain", ""),
    ("cache", "domain"),
    ("signature", "domain json"),
    ("config", "domain error signature url"),
    ("limits", "config domain error json"),
    ("log", "domain"),
    ("platform", "cache config domain error log"),
    ("metrics", "domain platform"),
    ("http", ""),
    ("panics", ""),
    ("provider", "config domain error http json platform signature url"),
    ("route", "provider"),
    ("object", "domain error http platform"),
    ("store", "domain error platform"),
    ("auth", "config domain error http json platform signature url"),
    ("outbox", "config domain error http log platform signature store url"),
    ("feed", "domain error limits object panics platform store url"),
    ("room", "domain error feed http log metrics object outbox panics platform provider store url"),
    ("erase", "domain error feed platform room store"),
    ("start", "domain erase error feed limits log platform provider room store"),
    (
        "api",
        "auth cache config domain erase error feed http json limits log metrics object outbox platform provider room route signature \
         start store url",
    ),
    ("lib", "api panics platform start"),
];

fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let sets = DIRECTIONS.iter().map(|(from, to)| (*from, to.split_whitespace().collect()));
    sets.collect()
}

#[test]
fn every_import_goes_in_an_allowed_direction() {
    let (imports, allowed) = (Imports::read(), allowed());
    let mut used = BTreeSet::new();
    for arrow in imports.between_folders() {
        let may = allowed.get(arrow.from).unwrap_or_else(|| panic!("{} is no folder", arrow.from));
        assert!(
            may.contains(arrow.to),
            "{}:{} uses {}, and {} may not use {}",
            arrow.path,
            arrow.line,
            arrow.name,
            arrow.from,
            arrow.to
        );
        used.insert((arrow.from, arrow.to));
    }
    let listed = allowed.iter().flat_map(|(from, to)| to.iter().map(|to| (*from, *to)));
    let listed: BTreeSet<_> = listed.collect();
    let idle: Vec<_> = listed.difference(&used).collect();
    assert!(idle.is_empty(), "directions that nothing uses: {idle:?}");
    println!("{} folders and top files, {} arrows between them", allowed.len(), used.len());
}

#[test]
fn no_direction_leads_back() {
    let mut below = BTreeSet::new();
    for (from, to) in DIRECTIONS {
        for to in to.split_whitespace() {
            assert!(below.contains(to), "{from} may use {to}, which is not above it in the table");
        }
        below.insert(from);
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = circles(&Imports::read().of_files());
    assert!(found.is_empty(), "files in a circle: {found:?}");
}

#[test]
fn the_table_in_the_documentation_is_the_one_that_is_tested() {
    let text = text_of("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| {
        let (from, to) = line.strip_prefix("| `")?.split_once("` | ")?;
        let to = to.strip_suffix(" |")?.replace('`', "");
        let known = DIRECTIONS.iter().any(|(folder, _)| *folder == from);
        known.then(|| (from.to_owned(), if to == "nothing" { String::new() } else { to }))
    });
    let shown: Vec<_> = rows.collect();
    let tested: Vec<_> =
        DIRECTIONS.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    assert_eq!(shown, tested);
}

/// Where a provider's name may stand outside of its folder: the entry in the list, and names that were
/// stored or promised before there were several.
const NAMED: [(&str, &str); 6] = [
    ("src/provider/mod.rs", "pub mod "),
    ("src/provider/registry.rs", "use super::"),
    ("src/provider/registry.rs", "pub static PROVIDERS"),
    ("src/domain/task/mod.rs", "pub const FIRST_PROVIDER"),
    ("src/domain/channel/event.rs", "pub const FIRST_PROVIDER"),
    ("src/store/sql/", "mynth_task_id"),
];

/// Whether a provider's name is in `line`. A short one may be the beginning of any word.
fn is_named(line: &str, provider: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word == provider || (provider.len() > 4 && word.contains(provider)))
}

#[test]
fn a_provider_is_named_in_its_folder_and_in_one_list() {
    let providers: Vec<String> = sources("src/provider")
        .iter()
        .filter_map(|source| {
            let folder = source.path.strip_prefix("src/provider/")?.strip_suffix("/mod.rs")?;
            Some(folder.to_owned())
        })
        .collect();
    assert!(providers.len() >= 2, "{providers:?}");
    for source in sources("src") {
        for (number, line) in source.code() {
            let line = line.trim_start();
            let is_listed = NAMED.iter().any(|(place, how)| source.is(place) && line.contains(how));
            // The contract's own names for the id, in JSON and in D1.
            let rest = line.to_lowercase().replace("mynth_task_id", "").replace("mynthtaskid", "");
            for provider in &providers {
                let is_own = source.is(&format!("src/provider/{provider}/"));
                assert!(
                    is_own || is_listed || !is_named(&rest, provider),
                    "{}:{number} names {provider}: {line}",
                    source.path
                );
            }
        }
    }
}

/// Folders and files that decide. In them, only what exists in the wasm build alone is glue.
const PURE: [&str; 17] = [
    "src/domain",
    "src/signature",
    "src/provider",
    "src/store",
    "src/start",
    "src/url",
    "src/json",
    "src/object",
    "src/feed",
    "src/room",
    "src/outbox",
    "src/auth",
    "src/api",
    "src/cache.rs",
    "src/route.rs",
    "src/route",
    "src/config.rs",
];

const PLATFORM: [&str; 10] = [
    "worker",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "futures_channel",
    "SystemTime",
    "Instant",
    "getrandom",
    "env",
];

#[test]
fn what_decides_names_no_platform_no_clock_and_no_chance() {
    let glue = sources::glue();
    for place in PURE {
        for source in sources(place).iter().filter(|source| !glue.contains(&source.path)) {
            for (number, line) in source.code() {
                if line.contains("cfg(target_arch") || line.contains("cfg_attr(") {
                    continue;
                }
                // The one line of glue that a module may hold: what only the wasm build sees.
                for word in PLATFORM {
                    let is_named = names(line, word) && !source.is_behind_wasm(number);
                    assert!(!is_named, "{}:{number} names {word}: {line}", source.path);
                }
            }
        }
    }
}

#[test]
fn sql_is_in_the_store_only() {
    for source in sources("src").iter().filter(|source| !source.is("src/store/sql/")) {
        for (number, line) in source.code() {
            for word in ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE TABLE"] {
                assert!(!line.contains(word), "{}:{number}: {line}", source.path);
            }
        }
    }
}

#[test]
fn a_status_changes_in_one_file_for_tasks_for_channels_and_for_callbacks() {
    let changes = |source: &Source| {
        source.code().any(|(_, line)| line.replace(' ', "").contains(".status=Status::"))
    };
    let places: Vec<_> =
        sources("src").into_iter().filter(changes).map(|source| source.path).collect();
    let (channel, callback) = ("src/domain/channel/change.rs", "src/domain/channel/callback.rs");
    assert_eq!(places, [callback, channel, "src/domain/task/change.rs"]);
}

#[test]
fn whatever_event_is_the_first_has_panics_logged() {
    let mut found = 0;
    for source in sources("src") {
        let count = |what| source.code().filter(|(_, line)| line.contains(what)).count();
        let events = count("#[event(") + count("#[durable_object]");
        assert_eq!(count("panics::log_them();"), events, "{}", source.path);
        found += events;
    }
    assert!(found >= 4, "{found} events that can be the first");
}

#[test]
fn only_the_build_for_tests_can_be_made_to_panic() {
    let manifest = text_of("Cargo.toml");
    assert!(manifest.contains("\npanics = []\n") && !manifest.contains("\ndefault = "));
    let (before, after) = ("export function buildPanickingWorker()", "export function buildPage()");
    let builds = text_of("scripts/lib/build.mjs");
    let (production, test) = builds.split_once(before).expect("the build for tests");
    let (test, rest) = test.split_once(after).expect("what comes after it");
    for (text, turns_it_on) in [(production, false), (test, true), (rest, false)] {
        assert_eq!(text.contains("--features"), turns_it_on, "{text}");
    }
    for script in ["scripts/build.mjs", "scripts/start.mjs", "scripts/deploy-check.mjs"] {
        let text = text_of(script).to_lowercase();
        assert!(!text.contains("panicking") && !text.contains("--features"), "{script}");
    }
}

#[test]
fn every_file_says_what_it_owns_and_stays_small() {
    for source in sources("src") {
        assert!(source.text.starts_with("//!"), "{} says nothing of itself", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", source.path);
        let code = source.code_lines();
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

#[test]
fn a_circle_of_files_is_found() {
    let files = |pairs: &[(&str, &str)]| {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            all.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        all
    };
    assert!(circles(&files(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    assert_eq!(circles(&files(&[("a", "b"), ("b", "c"), ("c", "a")])), [vec!["a", "b", "c"]]);
}
