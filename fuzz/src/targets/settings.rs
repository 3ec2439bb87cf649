//! The settings of sign-in and of server keys. A case is a setting on each line: `NAME=value`.

use super::latin;
use super::meter::metered;
use serde_json::Value;
use taskwire::auth::issuer::Issuer;
use taskwire::auth::server_keys::{KeyScope, SERVER_KEYS, ServerKey, acting_for, server_keys};
use taskwire::auth::settings::{issuers, page_token};
use taskwire::config::Config;
use taskwire::error::ApiError;
use taskwire::url::trusted::is_trustworthy;

pub fn settings(data: &[u8]) {
    let text = String::from_utf8(data.to_vec()).unwrap_or_else(|_| latin(data));
    let all: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let config = Config::from_lookup(|name| {
        all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    match metered(|| issuers(&config)) {
        Ok(issuers) => safe(&issuers),
        Err(error) => named(&error, "AUTH_"),
    }
    if let Err(error) = page_token(&config) {
        named(&error, "AUTH_PAGE_TOKEN");
    }
    let keys = config.get(SERVER_KEYS).unwrap_or_default();
    match metered(|| server_keys(&config)) {
        Ok(read) => each_opens_what_it_is_for(&read, &keys),
        Err(error) => {
            named(&error, SERVER_KEYS);
            for key in keys.split("twk_").skip(1) {
                let secret: String = key.chars().take(6).collect();
                let shown = format!("twk_{secret}");
                assert!(secret.len() < 6 || !error.message.contains(&shown), "a key in an error");
            }
        }
    }
}

/// A setting that is wrong is a 503 that says which.
fn named(error: &ApiError, variable: &str) {
    assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"));
    assert!(error.issues[0].path.starts_with(variable), "{error}");
    assert!(error.message.starts_with(&error.issues[0].path), "{error}");
}

/// No issuer takes everybody's tokens, and no user of one can be another's.
fn safe(issuers: &[Issuer]) {
    assert!(issuers[0].prefix.is_empty());
    for (place, one) in issuers.iter().enumerate() {
        assert!(is_trustworthy(&one.issuer));
        assert!(!one.audiences.is_empty() || !one.parties.is_empty(), "tokens for anybody");
        assert!(one.audiences.iter().chain(&one.parties).all(|name| !name.is_empty()));
        assert!(one.required.iter().all(|(_, allowed)| !allowed.is_empty()));
        assert!(place == 0 || !one.prefix.is_empty(), "two issuers with the same users");
        for other in &issuers[place + 1..] {
            assert_ne!(one.issuer, other.issuer);
            assert!(one.others.contains(&other.prefix));
            if place > 0 {
                assert!(!one.prefix.starts_with(&other.prefix));
                assert!(!other.prefix.starts_with(&one.prefix));
            }
        }
    }
}

/// Each key opens its scopes and no other, and what is not quite a key opens nothing.
fn each_opens_what_it_is_for(keys: &[ServerKey], text: &str) {
    let listed: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    assert_eq!(keys.len(), listed.len());
    for entry in &listed {
        let key = entry["key"].as_str().expect("text").trim();
        assert!(key.starts_with("twk_") && key.chars().count() >= 32, "a key that can be guessed");
        let same = |other: &&Value| other["name"] == entry["name"];
        assert_eq!(listed.iter().filter(same).count(), 1, "two keys of one name");
        for (scope, name) in
            [(KeyScope::Start, "start"), (KeyScope::Read, "read"), (KeyScope::Admin, "admin")]
        {
            let has = entry["scopes"].as_array().expect("scopes").contains(&name.into());
            assert_eq!(acting_for(keys, key, scope, Some("ada"), 0).is_ok(), has);
            assert!(acting_for(keys, key, scope, None, 0).is_err());
            let longer = format!("{key}x");
            let is_listed =
                listed.iter().any(|other| other["key"].as_str().map(str::trim) == Some(&longer));
            assert!(is_listed || acting_for(keys, &longer, scope, Some("ada"), 0).is_err());
        }
    }
}
