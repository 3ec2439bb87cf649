//! Where the API key may be sent. Whatever is not plainly a listed host is refused.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use taskwire::url::hosts::HostList;

const HOSTS: &str =
    "api.modelriver.com, Hooks.Example:8443 localhost:8788,127.0.0.1:8788\n[::1]:8788 10.0.0.7";

const REFUSALS: [&str; 3] =
    ["address is not a plain http address", "host is not an allowed one", "address is not https"];

fn hosts() -> HostList {
    HostList::parse(HOSTS)
}

#[test]
fn a_listed_host_is_allowed_at_its_port() {
    for url in [
        "https://api.modelriver.com",
        "https://api.modelriver.com/",
        "https://api.modelriver.com/v1/callback/6f1c2a52-7d0f-4b8e-9a43-0d6f7f3f2c11",
        "https://api.modelriver.com:443/v1",
        "https://api.modelriver.com?x=1",
        "https://api.modelriver.com#x",
        "https://api.modelriver.com/%2e%2e/@a:b//c?d=https://e",
        "HTTPS://API.ModelRiver.com/v1",
        "https://hooks.example:8443/x",
        "https://10.0.0.7/x",
        "https://localhost:8788/x",
        "http://localhost:8788/x",
        "http://LOCALHOST:8788",
        "http://127.0.0.1:8788/x",
        "http://[::1]:8788/x",
        "https://[::1]:8788/x",
    ] {
        assert_eq!(hosts().allows(url), Ok(()), "{url}");
    }
}

#[test]
fn another_host_another_port_and_another_scheme_are_refused() {
    for url in [
        "https://evil.com/",
        "https://modelriver.com/",
        "https://www.api.modelriver.com/",
        "https://api.modelriver.com.evil.com/",
        "https://evil-api.modelriver.com/",
        "https://api.modelriver.comevil.com/",
        "https://evil.com/api.modelriver.com",
        "https://evil.com/?https://api.modelriver.com/",
        "https://evil.com#api.modelriver.com",
        "https://apixmodelriver.com/",
        "https://api.modelriver.com:444/",
        "https://api.modelriver.com:80/",
        "https://api.modelriver.com:8443/",
        "https://hooks.example/",
        "https://hooks.example:443/",
        "https://10.0.0.8/",
        "https://127.0.0.1/",
        "https://127.0.0.2:8788/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "http://localhost/",
        "http://localhost:80/",
        "http://localhost:8789/",
        "http://127.0.0.2:8788/",
    ] {
        assert_eq!(hosts().allows(url), Err(REFUSALS[1]), "{url}");
    }
    for url in [
        "http://api.modelriver.com/",
        "http://api.modelriver.com:443/",
        "http://hooks.example:8443/",
        "http://10.0.0.7/",
        "http://128.0.0.1:8788/",
        "http://localhost.evil.com:8788/",
        "http://127.0.0.1.evil.com:8788/",
    ] {
        assert_eq!(hosts().allows(url), Err(REFUSALS[2]), "{url}");
    }
}

#[test]
fn an_address_that_could_be_read_in_two_ways_is_refused() {
    let long = format!("https://api.modelriver.com/{}", "x".repeat(2048 - 26));
    for url in [
        "",
        "https",
        "https://",
        "https:///api.modelriver.com/",
        "https:/api.modelriver.com/",
        "https:api.modelriver.com/",
        "//api.modelriver.com/",
        "/v1/callback",
        "api.modelriver.com",
        "ftp://api.modelriver.com/",
        "wss://api.modelriver.com/",
        "javascript://api.modelriver.com/",
        "xhttps://api.modelriver.com/",
        " https://api.modelriver.com/",
        "https://api.modelriver.com/ ",
        "https://api.modelriver.com/a b",
        "https://api.modelriver.com\t/",
        "ht\ntps://api.modelriver.com/",
        "https://api.model\nriver.com/",
        "https://api.modelriver.com/\r\nx: y",
        "https://api.modelriver.com/\0",
        "https://api.modelriver.com\u{7f}/",
        "https://user@api.modelriver.com/",
        "https://user:pass@api.modelriver.com/",
        "https://api.modelriver.com@evil.com/",
        "https://api.modelriver.com:443@evil.com/",
        "https://@api.modelriver.com/",
        "https://evil.com\\@api.modelriver.com/",
        "https://api.modelriver.com\\.evil.com/",
        "https://api.modelriver.com/\\evil.com",
        "https:\\\\api.modelriver.com/",
        "https://api.modelriver.com%00.evil.com/",
        "https://api%2emodelriver.com/",
        "https://api.modelriver.com%2f.evil.com/",
        "https://ａpi.modelriver.com/",
        "https://api。modelriver。com/",
        "https://api.modelriver.com/é",
        "https://аpi.modelriver.com/",
        "https://api.modelriver.com./",
        "https://api.modelriver.com.:443/",
        "https://.api.modelriver.com/",
        "https://api..modelriver.com/",
        "https://-api.modelriver.com/",
        "https://api-.modelriver.com/",
        "https://api_.modelriver.com/",
        "https://api.modelriver.com:/",
        "https://api.modelriver.com:0443/",
        "https://api.modelriver.com:+443/",
        "https://api.modelriver.com:443:443/",
        "https://api.modelriver.com:0/",
        "https://api.modelriver.com:65979/",
        "https://api.modelriver.com:4294967739/",
        "https://api.modelriver.com:443x/",
        "https://api.modelriver.com;evil.com/",
        "https://api.modelriver.com,evil.com/",
        "https://api.modelriver.com&evil.com/",
        "https://api.modelriver.com|evil.com/",
        "https://[api.modelriver.com]/",
        "https://[::1/",
        "https://[::1]evil.com:8788/",
        "https://[0:0:0:0:0:0:0:1]:8788/",
        "https://[::ffff:127.0.0.1]:8788/",
        "https://[::1%25lo]:8788/",
        "https://::1:8788/",
        "https://0x0a000007/",
        "https://167772167/",
        "https://10.7/",
        "https://012.0.0.7/",
        "https://10.0.0.0x7/",
        "https://evil.com.0x7/",
        "https://10.0.0.7./",
        "http://127.1:8788/",
        "http://0177.0.0.1:8788/",
        "http://2130706433:8788/",
        &long,
    ] {
        assert_eq!(hosts().allows(url), Err(REFUSALS[0]), "{url:?}");
    }
    assert_eq!(hosts().allows(&long[..2048]), Ok(()));
}

#[test]
fn plain_http_takes_a_port_that_the_list_names() {
    let hosts = HostList::parse("localhost 127.0.0.1:80");
    assert!(hosts.allows("https://localhost/").is_ok());
    assert!(hosts.allows("http://localhost:443/").is_err());
    assert!(hosts.allows("http://127.0.0.1/").is_ok());
}

#[test]
fn what_is_no_host_in_the_list_allows_nothing() {
    for list in [
        "",
        " ,\n",
        "*",
        "*.modelriver.com",
        "https://api.modelriver.com",
        "api.modelriver.com/",
        "api.modelriver.com:0",
        "api.modelriver.com:",
        "user@api.modelriver.com",
        "é.com",
        "[é]",
    ] {
        assert_eq!(HostList::parse(list), HostList::parse(""), "{list}");
        assert!(HostList::parse(list).allows("https://api.modelriver.com/").is_err());
    }
    let mixed = HostList::parse("*,api.modelriver.com");
    assert_eq!(mixed, HostList::parse("API.modelriver.com"));
}

/// Pieces of addresses, whole and broken, so that random ones come close to being allowed.
fn piece() -> impl Strategy<Value = String> {
    let known = select(vec![
        "https://",
        "http://",
        "HTTPS://",
        "https:/",
        "api.modelriver.com",
        "Api.ModelRiver.com",
        "hooks.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "10.0.0.7",
        "evil.com",
        ".",
        ":",
        ":443",
        ":8443",
        ":8788",
        ":80",
        "/",
        "\\",
        "@",
        "?",
        "#",
        "%",
        "%2e",
        " ",
        "\t",
        "\n",
        "0x7f",
        "0",
        "[",
        "]",
        "é",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

/// Read by another way than the one under test: from the right.
fn host_and_port(url: &str) -> (String, String) {
    let (_, rest) = url.split_once("://").expect("a scheme");
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let default = if url.to_ascii_lowercase().starts_with("https:") { "443" } else { "80" };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host.to_owned(), port.to_owned()),
        _ => (authority, default.to_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_allowed_goes_to_a_listed_host(
        start in select(vec!["https://", "http://", ""]),
        host in select(vec!["api.modelriver.com", "hooks.example:8443", "localhost:8788", ""]),
        pieces in proptest::collection::vec(piece(), 0..6),
    ) {
        let url = format!("{start}{host}{}", pieces.concat());
        match hosts().allows(&url) {
            Ok(()) => {
                let (host, port) = host_and_port(&url);
                let listed = [
                    ("api.modelriver.com", "443"), ("hooks.example", "8443"), ("localhost", "8788"),
                    ("127.0.0.1", "8788"), ("[::1]", "8788"), ("10.0.0.7", "443"),
                ];
                assert!(listed.contains(&(host.as_str(), port.as_str())), "{url:?}");
                assert!(url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'), "{url:?}");
            }
            Err(why) => assert!(REFUSALS.contains(&why), "{why}"),
        }
    }

    #[test]
    fn whatever_the_text_nothing_panics(list in any::<String>(), url in any::<String>()) {
        let _ = HostList::parse(&list).allows(&url);
        let _ = HostList::parse(&url).allows(&format!("https://{url}"));
    }
}
