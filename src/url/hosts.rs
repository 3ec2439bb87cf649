//! The allow-list of hosts that a key may be sent to.
//!
//! The URL is untrusted. Only URLs that every client reads in the same way are accepted, so that a
//! request cannot go to another host than the one that was checked.

use std::net::Ipv4Addr;

/// Longest URL that is read, in bytes. The provider's are about 80.
const MAX_URL_BYTES: usize = 2048;
/// Longest host name and longest label, in bytes: RFC 1035.
const MAX_HOST_BYTES: usize = 253;
const MAX_LABEL_BYTES: usize = 63;
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

const UNREADABLE: &str = "address is not a plain http address";
const NOT_LISTED: &str = "host is not an allowed one";
const NOT_SAFE: &str = "address is not https";

/// Hosts that a key may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostList(Vec<Authority>);

/// `host` or `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// In lower case.
    host: String,
    port: Option<u16>,
}

impl HostList {
    /// Parses hosts separated by white space or commas. Entries that are no host are skipped.
    pub fn parse(text: &str) -> Self {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace());
        Self(parts.filter_map(authority).collect())
    }

    /// Whether a key may be sent to `url`.
    ///
    /// Allowed is https to a listed host at its listed port (443 by default), and http to a loopback host
    /// that is listed with this port.
    ///
    /// # Errors
    ///
    /// Why not, in words that follow "the callback".
    pub fn allows(&self, url: &str) -> Result<(), &'static str> {
        let (scheme, asked) = split(url).ok_or(UNREADABLE)?;
        match scheme {
            Scheme::Https => {
                let port = asked.port.unwrap_or(HTTPS_PORT);
                self.lists(&asked.host, |listed| listed.unwrap_or(HTTPS_PORT) == port)
            }
            Scheme::Http if !asked.is_loopback() => Err(NOT_SAFE),
            Scheme::Http => {
                let port = asked.port.unwrap_or(HTTP_PORT);
                self.lists(&asked.host, |listed| listed == Some(port))
            }
        }
    }

    fn lists(&self, host: &str, fits: impl Fn(Option<u16>) -> bool) -> Result<(), &'static str> {
        let listed = self.0.iter().any(|one| one.host == host && fits(one.port));
        if listed { Ok(()) } else { Err(NOT_LISTED) }
    }
}

impl Authority {
    /// As it stands in a URL.
    pub(super) fn text(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    pub(super) fn is_loopback(&self) -> bool {
        let is_loopback_v4 = || self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
        matches!(self.host.as_str(), "localhost" | "[::1]") || is_loopback_v4()
    }
}

pub(super) enum Scheme {
    Http,
    Https,
}

/// Splits `scheme://authority…`. The URL must be visible ASCII without a backslash, which browsers read
/// as a slash.
pub(super) fn split(url: &str) -> Option<(Scheme, Authority)> {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || url.len() > MAX_URL_BYTES {
        return None;
    }
    let (scheme, text) = super::scheme_and_authority(url)?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return None,
    };
    Some((scheme, authority(text)?))
}

/// Parses a host with an optional port. User info, escapes and an empty port are refused.
pub(super) fn authority(text: &str) -> Option<Authority> {
    let text = text.to_ascii_lowercase();
    let host_end = if text.starts_with('[') { text.find(']')? + 1 } else { 0 };
    let (host, port) = match text[host_end..].find(':') {
        Some(colon) => text.split_at(host_end + colon),
        None => (text.as_str(), ""),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(port_number(digits)?),
        None => None,
    };
    is_host(host).then(|| Authority { host: host.to_owned(), port })
}

/// A port from 1 to 65535, without leading zeros or a sign.
fn port_number(digits: &str) -> Option<u16> {
    let number = digits.parse::<u16>().ok().filter(|number| *number > 0)?;
    (number.to_string() == digits).then_some(number)
}

/// A name, an IPv4 address in four plain decimals, or `[::1]`.
fn is_host(host: &str) -> bool {
    if host == "[::1]" {
        return true;
    }
    let named = host.len() <= MAX_HOST_BYTES && host.split('.').all(is_label);
    named && (!is_numeric(host) || host.parse::<Ipv4Addr>().is_ok())
}

fn is_label(label: &str) -> bool {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && label.bytes().all(letters)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether the last label is a number. Clients then read the host as an IPv4 address, which has many
/// spellings (`127.1`, `0x7f000001`).
fn is_numeric(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_hex = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hex)
}
