//! Which migrations D1 has, and which of them this code was written for.

/// The files in `migrations/`, in their order.
pub const MIGRATIONS: &[&str] = &[
    "0001_tasks.sql",
    "0002_sweep.sql",
    "0003_content.sql",
    "0004_provider.sql",
    "0005_content_by_owner.sql",
    "0006_unsettled.sql",
    "0007_erasing.sql",
    "0008_intents.sql",
    "0009_outputs.sql",
    "0010_events.sql",
    "0011_operator.sql",
];

/// What is wrong with a D1 that has these migrations, for whoever deploys. `None`: they are those of this code.
pub fn mismatch(applied: &[String]) -> Option<String> {
    let lacking = MIGRATIONS.iter().copied().filter(|name| !applied.iter().any(|it| it == name));
    let lacking: Vec<&str> = lacking.collect();
    let unknown = applied.iter().map(String::as_str).filter(|name| !MIGRATIONS.contains(name));
    let unknown: Vec<&str> = unknown.collect();
    let lacks = (!lacking.is_empty()).then(|| {
        format!(
            "D1 lacks {}: apply the migrations (npm run deploy does so first).",
            lacking.join(", ")
        )
    });
    let has_more = (!unknown.is_empty()).then(|| {
        let names = unknown.join(", ");
        format!(
            "D1 has {names}, which this version does not know: deploy the version that brought it."
        )
    });
    let all: Vec<String> = lacks.into_iter().chain(has_more).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, MIGRATIONS);
    }

    #[test]
    fn all_of_them_and_no_other_fit() {
        assert_eq!(mismatch(&names(MIGRATIONS)), None);
    }

    #[test]
    fn one_less_and_one_more_are_named() {
        let (last, others) = MIGRATIONS.split_last().unwrap();
        let less = mismatch(&names(others)).unwrap();
        assert!(less.starts_with(&format!("D1 lacks {last}: ")), "{less}");
        let more = mismatch(&[names(MIGRATIONS), names(&["9999_later.sql"])].concat()).unwrap();
        assert!(
            more.starts_with("D1 has 9999_later.sql, which this version does not know"),
            "{more}"
        );
        let both = mismatch(&[names(others), names(&["9999_later.sql"])].concat()).unwrap();
        assert!(both.contains(last) && both.contains("9999_later.sql"), "{both}");
    }
}
