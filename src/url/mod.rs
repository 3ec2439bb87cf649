//! Reading URLs: queries, origins, hosts, and which URLs secrets may be sent to. A full URL parser would
//! be a seventh of the Worker's size.

pub mod hosts;
pub mod query;
pub mod trusted;

/// The scheme and the authority of an absolute URL. Neither is checked.
fn scheme_and_authority(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    Some((scheme, rest.split(['/', '?', '#']).next()?))
}
