//! The page's content security policy in one deployment.
//!
//! The page's files have the policy that any deployment allows: `web/public/_headers`. The origins that one
//! deployment adds follow from its variables, so that a page that was built before does for all of them.

use crate::config::{AUTH_ISSUER, Config};
use crate::provider::registry::PROVIDERS;
use crate::url::trusted::{is_local, trusted_origin};

/// The header.
pub const POLICY: &str = "content-security-policy";

/// Other addresses that the issuer uses, separated by spaces or commas.
const AUTH_ORIGINS: &str = "AUTH_ORIGINS";

/// `policy` with the origins that this deployment adds: calls to the issuer, and pictures of a provider on
/// this machine, which is the emulator. Pictures over https are allowed anyway. What is no plain address adds
/// nothing.
pub fn with_origins<F: Fn(&str) -> Option<String>>(policy: &str, config: &Config<F>) -> String {
    let more = config.get(AUTH_ORIGINS).unwrap_or_default();
    let listed = more.split(|c: char| c == ',' || c.is_whitespace()).map(str::to_owned);
    let calls = config.get(AUTH_ISSUER).into_iter().chain(listed);
    let apis = PROVIDERS.all().iter().filter_map(|it| config.get(it.settings().api_url.0));
    let policy = extend(policy, "connect-src 'self'", calls);
    extend(&policy, "img-src 'self'", apis.filter(|url| is_local(url)))
}

/// `policy` with the origins of `urls` in its directive that starts with `start`.
fn extend(policy: &str, start: &str, urls: impl Iterator<Item = String>) -> String {
    let mut extended = start.to_owned();
    for origin in urls.filter_map(|url| trusted_origin(&url)) {
        let is_new = extended.split(' ').all(|source| source != origin);
        if is_new {
            extended.push(' ');
            extended.push_str(&origin);
        }
    }
    policy.replacen(start, &extended, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &str = include_str!("../../../web/public/_headers");

    /// The page's own policy.
    fn own() -> &'static str {
        let line =
            HEADERS.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: "));
        line.expect("a policy")
    }

    fn policy(pairs: &[(&str, &str)]) -> String {
        let config = Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        with_origins(own(), &config)
    }

    #[test]
    fn without_an_issuer_it_is_the_pages_own() {
        assert_eq!(policy(&[]), own());
        assert_eq!(
            policy(&[("AUTH_ISSUER", " "), ("MYNTH_API_URL", "https://api.mynth.io")]),
            own()
        );
    }

    #[test]
    fn the_issuer_and_its_other_origins_may_be_called_and_nothing_else_changes() {
        let found = policy(&[
            ("AUTH_ISSUER", "https://id.example/realms/one"),
            (
                "AUTH_ORIGINS",
                "https://token.example:8443/x, https://keys.example https://id.example",
            ),
        ]);
        let added = " https://id.example https://token.example:8443 https://keys.example";
        assert!(found.contains(&format!("connect-src 'self'{added};")), "{found}");
        assert_eq!(found.replace(added, ""), own());
    }

    #[test]
    fn the_emulator_may_be_called_and_its_pictures_shown() {
        let emulator = "http://127.0.0.1:8788";
        let found = policy(&[
            ("AUTH_ISSUER", emulator),
            ("MYNTH_API_URL", emulator),
            ("MODELRIVER_API_URL", emulator),
        ]);
        assert!(found.contains("connect-src 'self' http://127.0.0.1:8788;"), "{found}");
        assert!(found.contains("img-src 'self' http://127.0.0.1:8788 https:;"), "{found}");
        assert_eq!(found.matches(emulator).count(), 2);
    }

    #[test]
    fn what_is_no_plain_address_adds_nothing() {
        for wrong in [
            "http://id.example",
            "https://*",
            "*",
            "'unsafe-inline'",
            "https://a.example;script-src",
            "https://a.example;script-src/'unsafe-eval'",
            "data:",
            "https:",
        ] {
            let pairs = [("AUTH_ISSUER", wrong), ("AUTH_ORIGINS", wrong), ("MYNTH_API_URL", wrong)];
            assert_eq!(policy(&pairs), own(), "{wrong}");
        }
    }
}
