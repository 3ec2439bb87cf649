//! Who imports whom: every path in the sources that begins with `crate::` or `super::`.

use crate::sources::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

/// One import.
pub struct Import {
    /// The file that imports, and the line.
    path: String,
    line: usize,
    /// The path of modules, from the crate's root.
    name: String,
    /// The file that it leads to.
    target: String,
}

/// One import that leads from a folder, or a file at the top, to another.
pub struct Arrow<'a> {
    pub path: &'a str,
    pub line: usize,
    pub name: &'a str,
    pub from: &'a str,
    pub to: &'a str,
}

pub struct Imports(Vec<Import>);

impl Imports {
    /// Reads the whole source.
    pub fn read() -> Self {
        let sources = sources("src");
        let files: BTreeMap<String, String> =
            sources.iter().map(|source| (module(&source.path), source.path.clone())).collect();
        let mut imports = Vec::new();
        for source in &sources {
            for (line, name) in paths(source) {
                let target = file_of(&name, &files);
                if let Some(target) = target.filter(|target| *target != source.path) {
                    imports.push(Import { path: source.path.clone(), line, name, target });
                }
            }
        }
        assert!(imports.len() > 300, "{} imports are few", imports.len());
        Self(imports)
    }

    pub fn between_folders(&self) -> impl Iterator<Item = Arrow<'_>> {
        let arrows = self.0.iter().map(|import| Arrow {
            path: &import.path,
            line: import.line,
            name: &import.name,
            from: folder(&import.path),
            to: folder(&import.target),
        });
        arrows.filter(|arrow| arrow.from != arrow.to)
    }

    /// Each file with the files that it imports.
    pub fn of_files(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for import in &self.0 {
            files.entry(import.path.clone()).or_default().insert(import.target.clone());
        }
        files
    }
}

/// `src/room/task/room.rs` is in `room`, `src/config.rs` is `config`.
fn folder(path: &str) -> &str {
    let path = path.trim_start_matches("src/");
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// `src/room/task/mod.rs` is `room::task`.
fn module(path: &str) -> String {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.replace('/', "::")
}

/// The file of the longest module that `name` begins with.
fn file_of(name: &str, files: &BTreeMap<String, String>) -> Option<String> {
    let parts: Vec<&str> = name.split("::").collect();
    (1..=parts.len()).rev().find_map(|most| files.get(&parts[..most].join("::")).cloned())
}

/// Every path of modules that the code of a source names, with its line. Groups are taken apart.
fn paths(source: &Source) -> Vec<(usize, String)> {
    let own = module(&source.path);
    let parent = own.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut found = Vec::new();
    let lines: Vec<(usize, &str)> = source.code().collect();
    for (at, (number, line)) in lines.iter().enumerate() {
        // A group may go on below.
        let line = match line.rsplit_once('{') {
            Some((_, group)) if !group.contains('}') && line.contains("::{") => {
                let rest = lines[at + 1..].iter().map(|(_, line)| line.trim());
                let rest: Vec<&str> = rest.take_while(|line| !line.starts_with('}')).collect();
                format!("{line}{}}}", rest.concat())
            }
            _ => (*line).to_owned(),
        };
        let number = *number;
        for (word, base) in [("crate::", ""), ("super::", parent)] {
            for (at, _) in line.match_indices(word) {
                let before = line[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                let mut base = base;
                let mut rest = &line[at + word.len()..];
                while let Some(further) = rest.strip_prefix("super::") {
                    base = base.rsplit_once("::").map_or("", |(parent, _)| parent);
                    rest = further;
                }
                found.extend(names(rest).into_iter().map(|name| {
                    (number, if base.is_empty() { name } else { format!("{base}::{name}") })
                }));
            }
        }
    }
    found
}

/// `a::b::C` is itself; `a::{b, c::D}` is `a::b` and `a::c::D`.
fn names(text: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match rest.strip_prefix('{').and_then(|group| group.split_once('}')) {
        Some((group, _)) => group.split(',').map(|one| format!("{name}{}", one.trim())).collect(),
        None => vec![name.trim_end_matches(':').to_owned()],
    }
}

/// Files that import each other in a circle, however long.
pub fn circles(files: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |start: &str| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = files.get(start).into_iter().flatten().collect();
        while let Some(file) = open.pop() {
            if seen.insert(file.clone()) {
                open.extend(files.get(file).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        files.keys().map(|file| (file, reach(file))).collect();
    let is_both = |a: &String, b: &String| {
        reached.get(a).is_some_and(|seen| seen.contains(b))
            && reached.get(b).is_some_and(|seen| seen.contains(a))
    };
    let mut found: Vec<Vec<String>> = Vec::new();
    for file in files.keys().filter(|file| is_both(file, file)) {
        match found.iter_mut().find(|circle| is_both(&circle[0], file)) {
            Some(circle) => circle.push(file.clone()),
            None => found.push(vec![file.clone()]),
        }
    }
    found
}
