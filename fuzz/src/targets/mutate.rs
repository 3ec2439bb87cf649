//! Deterministic mutation of seeds, for runs without coverage guidance.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest case that is made.
const LONGEST: usize = 16 * 1024;

/// Most changes that one case has from its seed.
const CHANGES: usize = 6;

/// The splitmix64 generator.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

/// What the cases of one target are made of.
pub struct Material {
    seeds: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Material {
    /// The seeds of a target and the dictionary, from the folder of this package. Sorted, so that
    /// every machine makes the same cases.
    pub fn of(target: &str) -> Self {
        let mut files: Vec<PathBuf> = fs::read_dir(folder().join("corpus").join(target))
            .expect("the target has seeds")
            .map(|entry| entry.expect("a seed").path())
            .collect();
        files.sort();
        let seeds = files.iter().map(|file| fs::read(file).expect("a seed")).collect();
        let dictionary = fs::read_to_string(folder().join("dictionary.txt")).expect("a dictionary");
        Self { seeds, words: dictionary.lines().filter_map(word).collect() }
    }

    pub fn seeds(&self) -> &[Vec<u8>] {
        &self.seeds
    }

    /// One in sixteen is noise; any other is a seed with a few changes.
    pub fn case(&self, random: &mut Random) -> Vec<u8> {
        if random.below(16) == 0 {
            let length = random.below(200);
            return (0..length).map(|_| random.next() as u8).collect();
        }
        let mut case = random.pick(&self.seeds).cloned().unwrap_or_default();
        for _ in 0..random.below(CHANGES + 1) {
            self.change(&mut case, random);
        }
        case.truncate(LONGEST);
        case
    }

    fn change(&self, case: &mut Vec<u8>, random: &mut Random) {
        let at = random.below(case.len() + 1);
        let end = at + random.below(32.min(case.len() - at) + 1);
        match random.below(8) {
            0 => {
                if let Some(byte) = case.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                if let Some(byte) = case.get_mut(at) {
                    *byte = random.next() as u8;
                }
            }
            2 => drop(case.drain(at..end)),
            3 => {
                let part = case[at..end].to_vec();
                let times = 1 + random.below(8);
                case.splice(at..at, part.repeat(times));
            }
            4 => {
                let other = random.pick(&self.seeds).cloned().unwrap_or_default();
                let from = random.below(other.len() + 1);
                let to = from + random.below(64.min(other.len() - from) + 1);
                case.splice(at..end, other[from..to].iter().copied());
            }
            5 => case.truncate(at),
            _ => {
                let word = random.pick(&self.words).cloned().unwrap_or_default();
                let end = if random.below(2) == 0 { at } else { end };
                case.splice(at..end, word);
            }
        }
    }
}

/// Where the seeds are, for this package and for the tests of the one above it.
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inner = root.join("fuzz");
    if inner.is_dir() { inner } else { root.to_owned() }
}

/// A word of the fuzzer's dictionary: a line in quotes, with `\"`, `\\` and `\xAB`.
fn word(line: &str) -> Option<Vec<u8>> {
    let quoted = line.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut word = Vec::new();
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        word.push(match byte {
            b'\\' => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                escaped => escaped,
            },
            plain => plain,
        });
    }
    Some(word)
}
