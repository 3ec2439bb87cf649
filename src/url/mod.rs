//! Reading addresses, once for everybody: queries, origins, hosts, and which addresses secrets may be
//! sent to. A URL parser would be a seventh of the Worker.

pub mod hosts;
pub mod query;
pub mod trusted;

/// The scheme and the authority of an absolute address. Neither is checked.
fn scheme_and_authority(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    Some((scheme, rest.split(['/', '?', '#']).next()?))
}
