//! The settings of the roads. A wrong one is named by `/readyz`; meanwhile events are born and wait.

use crate::config::Config;
use crate::domain::outbox::road::Road;
use crate::domain::outbox::state::Outcome;
use crate::error::ApiError;
use crate::signature::SecretSet;
use crate::signature::standard_webhooks::first_unfit;
use crate::url::trusted::is_destination;

pub const EVENTS_URL: &str = "EVENTS_URL";
pub const EVENTS_SECRET: &str = "EVENTS_SECRET";
pub const EVENTS_QUEUE: &str = "EVENTS_QUEUE";
pub const EVENTS_HOOK: &str = "EVENTS_HOOK";

/// Most addresses.
const MOST: usize = 5;

/// What a deployment has under the name of a binding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Binding {
    #[default]
    Nothing,
    Good,
    /// Something else than is expected there.
    Wrong,
}

/// The bindings of the roads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    pub queue: Binding,
    pub hook: Binding,
}

/// Where a road leads now.
pub enum Target {
    /// To this address, signed.
    Url(String, SecretSet),
    /// To the service binding, signed.
    Hook(SecretSet),
    Queue,
}

/// The roads of an event that is born now, also where a setting is wrong.
pub fn roads<F: Fn(&str) -> Option<String>>(config: &Config<F>, bindings: Bindings) -> Vec<Road> {
    let listed = config.get(EVENTS_URL).unwrap_or_default();
    let addresses = addresses(&listed);
    let urls = addresses.iter().take(MOST).enumerate().map(|(i, address)| Road::to(i, address));
    let is_there = |binding| binding != Binding::Nothing;
    let queue = is_there(bindings.queue).then_some(Road::Queue);
    urls.chain(queue).chain(is_there(bindings.hook).then_some(Road::Hook)).collect()
}

/// Checks the settings of the roads.
///
/// # Errors
///
/// `not_configured`, naming the first that is wrong.
pub fn check<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
    bindings: Bindings,
) -> Result<(), ApiError> {
    let listed = config.get(EVENTS_URL).unwrap_or_default();
    let addresses = addresses(&listed);
    let count = addresses.len();
    if count > MOST {
        let wrong = format!("has {count} addresses, and may have {MOST}");
        return Err(ApiError::wrong_setting(EVENTS_URL, &wrong));
    }
    if let Some(index) = addresses.iter().position(|address| !is_destination(address)) {
        let place =
            if count > 1 { format!(" (address {} of {count})", index + 1) } else { String::new() };
        let wrong =
            format!("must be https, or http on a loopback address, without user info{place}");
        return Err(ApiError::wrong_setting(EVENTS_URL, &wrong));
    }
    for (name, binding, what) in [
        (EVENTS_QUEUE, bindings.queue, "must be the producer binding of a queue"),
        (EVENTS_HOOK, bindings.hook, "must be a service binding"),
    ] {
        if binding == Binding::Wrong {
            return Err(ApiError::wrong_setting(name, what));
        }
    }
    let signs = count > 0 || bindings.hook == Binding::Good;
    // One that is set is checked though nothing needs it yet.
    if signs || config.get(EVENTS_SECRET).is_some() { secrets(config).map(drop) } else { Ok(()) }
}

/// Where `road` leads now.
///
/// # Errors
///
/// [`Outcome::Held`] while a setting is wrong, [`Outcome::Absent`] if it leads nowhere.
pub fn target<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
    bindings: Bindings,
    road: &Road,
) -> Result<Target, Outcome> {
    let signed = || secrets(config).map_err(|_| Outcome::Held);
    let bound = |binding| match binding {
        Binding::Nothing => Err(Outcome::Absent),
        Binding::Wrong => Err(Outcome::Held),
        Binding::Good => Ok(()),
    };
    match road {
        Road::Queue => bound(bindings.queue).map(|()| Target::Queue),
        Road::Hook => bound(bindings.hook).and_then(|()| Ok(Target::Hook(signed()?))),
        Road::Url(..) => {
            let listed = config.get(EVENTS_URL).unwrap_or_default();
            let addresses = addresses(&listed);
            let is_wrong = addresses.len() > MOST || !addresses.iter().all(|it| is_destination(it));
            match road.address(&addresses) {
                _ if is_wrong => Err(Outcome::Held),
                Some(address) => Ok(Target::Url(address.to_owned(), signed()?)),
                None => Err(Outcome::Absent),
            }
        }
    }
}

fn addresses(listed: &str) -> Vec<&str> {
    let parts = listed.split(|c: char| c == ',' || c.is_whitespace());
    parts.filter(|address| !address.is_empty()).collect()
}

fn secrets<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<SecretSet, ApiError> {
    let set = config.secrets(EVENTS_SECRET);
    let secrets = set.map_err(|_| ApiError::wrong_setting(EVENTS_SECRET, "is not set"))?;
    let Some(place) = first_unfit(&secrets) else { return Ok(secrets) };
    let which = match secrets.count() {
        1 => String::new(),
        count => format!(" (secret {place} of {count})"),
    };
    let wrong = format!("must be whsec_ and the base64 of 24 to 64 bytes{which}");
    Err(ApiError::wrong_setting(EVENTS_SECRET, &wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NONE: Bindings = Bindings { queue: Binding::Nothing, hook: Binding::Nothing };
    const BOTH: Bindings = Bindings { queue: Binding::Good, hook: Binding::Good };

    type Pairs = &'static [(&'static str, &'static str)];

    fn config(pairs: Pairs) -> Config<impl Fn(&str) -> Option<String>> {
        Config::from_lookup(move |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn nothing_configured_is_right_and_has_no_roads() {
        assert_eq!(roads(&config(&[]), NONE), []);
        assert_eq!(roads(&config(&[(EVENTS_URL, " ")]), NONE), []);
        assert_eq!(check(&config(&[]), NONE), Ok(()));
    }

    #[test]
    fn each_address_and_each_binding_is_a_road() {
        let all =
            config(&[(EVENTS_URL, "https://a.example https://b.example"), (EVENTS_SECRET, GOOD)]);
        assert_eq!(check(&all, BOTH), Ok(()));
        let names: Vec<_> = roads(&all, BOTH).iter().map(Road::name).collect();
        assert_eq!(names, ["address 1", "address 2", "queue", "hook"]);
        for road in roads(&all, BOTH) {
            assert!(target(&all, BOTH, &road).is_ok(), "{road:?}");
        }
        // A queue takes no signature.
        assert_eq!(check(&config(&[]), Bindings { queue: Binding::Good, ..NONE }), Ok(()));
    }

    #[test]
    fn a_wrong_setting_is_named_without_its_value_and_events_wait() {
        let cases: [(Pairs, &str); 10] = [
            (&[(EVENTS_URL, "http://a.example"), (EVENTS_SECRET, GOOD)], "without user info."),
            (&[(EVENTS_URL, "https://u:p@a.example"), (EVENTS_SECRET, GOOD)], "without user info."),
            (&[(EVENTS_URL, "https://a.example x"), (EVENTS_SECRET, GOOD)], "(address 2 of 2)."),
            (
                &[
                    (EVENTS_URL, "https://a.x b https://c.x https://d.x,https://e.x https://f.x"),
                    (EVENTS_SECRET, GOOD),
                ],
                "EVENTS_URL has 6 addresses, and may have 5.",
            ),
            (&[(EVENTS_URL, "https://a.example")], "EVENTS_SECRET is not set."),
            (
                &[(EVENTS_URL, "https://a.example"), (EVENTS_SECRET, "whsec_")],
                "EVENTS_SECRET is not set.",
            ),
            (&[(EVENTS_URL, "https://a.example"), (EVENTS_SECRET, "hunter2")], "24 to 64 bytes."),
            (
                &[(EVENTS_URL, "https://a.example"), (EVENTS_SECRET, "whsec_c2hvcnQ=")],
                "24 to 64 bytes.",
            ),
            (
                &[
                    (EVENTS_URL, "https://a.example"),
                    (EVENTS_SECRET, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw hunter2"),
                ],
                "(secret 2 of 2).",
            ),
            (&[(EVENTS_SECRET, "hunter2")], "24 to 64 bytes."),
        ];
        for (pairs, said) in cases {
            let wrong = config(pairs);
            let error = check(&wrong, NONE).unwrap_err();
            assert_eq!(error.status(), 503);
            assert!(error.message.ends_with(said), "{} {said}", error.message);
            assert!(!error.message.contains("example") && !error.message.contains("hunter2"));
            assert!(
                error.issues.iter().all(|issue| issue.path.starts_with("EVENTS_")),
                "{error:?}"
            );
            for road in roads(&wrong, NONE) {
                assert!(matches!(target(&wrong, NONE, &road), Err(Outcome::Held)), "{pairs:?}");
            }
        }
        assert_eq!(roads(&config(cases[3].0), NONE).len(), 5);
    }

    #[test]
    fn a_binding_of_another_kind_is_named_and_a_hook_needs_the_secret() {
        let said = |bindings| check(&config(&[]), bindings).unwrap_err().message;
        let queue = Bindings { queue: Binding::Wrong, ..NONE };
        assert_eq!(said(queue), "EVENTS_QUEUE must be the producer binding of a queue.");
        let hook = Bindings { hook: Binding::Wrong, ..NONE };
        assert_eq!(said(hook), "EVENTS_HOOK must be a service binding.");
        assert_eq!(said(Bindings { hook: Binding::Good, ..NONE }), "EVENTS_SECRET is not set.");
        for bindings in [queue, hook, BOTH] {
            let hook = target(&config(&[]), bindings, &Road::Hook);
            assert!(matches!(hook, Err(Outcome::Held | Outcome::Absent)));
        }
        assert!(matches!(target(&config(&[]), queue, &Road::Queue), Err(Outcome::Held)));
    }

    #[test]
    fn what_is_not_set_any_more_is_absent() {
        let road = Road::to(1, "https://b.example");
        let one = config(&[(EVENTS_URL, "https://a.example"), (EVENTS_SECRET, GOOD)]);
        assert!(matches!(target(&one, NONE, &road), Err(Outcome::Absent)));
        assert!(matches!(target(&config(&[]), NONE, &Road::Queue), Err(Outcome::Absent)));
    }
}
