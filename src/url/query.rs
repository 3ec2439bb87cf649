//! Queries and origins of URLs that the runtime has already parsed and normalized.

/// The decoded `name=value` pairs of `url`'s query.
pub fn pairs(url: &str) -> impl Iterator<Item = (String, String)> {
    let address = url.split('#').next().unwrap_or_default();
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned()
}

/// The first value of `name`.
pub fn value(url: &str, name: &str) -> Option<String> {
    pairs(url).find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The `https://host:port` of a URL.
pub fn origin(url: &str) -> Option<&str> {
    let (scheme, authority) = super::scheme_and_authority(url)?;
    Some(&url[..scheme.len() + "://".len() + authority.len()])
}

/// Whether `url` is http or https, and says where.
pub fn is_web_address(url: &str) -> bool {
    super::scheme_and_authority(url).is_some_and(|(scheme, authority)| {
        matches!(scheme, "http" | "https") && !authority.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_says_where() {
        for (url, expected) in [
            ("https://a", true),
            ("http://127.0.0.1/fox.png", true),
            ("http://", false),
            ("https:///fox.png", false),
            ("https://?x", false),
            ("ftp://a", false),
            ("HTTPS://a", false),
            ("a", false),
        ] {
            assert_eq!(is_web_address(url), expected, "{url}");
        }
    }

    #[test]
    fn a_query_is_read_as_browsers_write_it() {
        let url = "https://a.example/tasks?limit=5&kind=image.alt&x=a%20b+c&empty=&flag#limit=9";
        let found: Vec<_> = pairs(url).collect();
        let expected =
            [("limit", "5"), ("kind", "image.alt"), ("x", "a b c"), ("empty", ""), ("flag", "")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(value(url, "limit").as_deref(), Some("5"));
        assert_eq!(value(url, "cursor"), None);
        assert_eq!(pairs("https://a.example/tasks").count(), 0);
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (url, expected) in [
            ("https://a.example/app?x#y", Some("https://a.example")),
            ("http://127.0.0.1:8787", Some("http://127.0.0.1:8787")),
            ("https://a.example?x=/", Some("https://a.example")),
            ("/tasks", None),
            ("", None),
        ] {
            assert_eq!(origin(url), expected, "{url}");
        }
    }
}
