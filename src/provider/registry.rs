//! The list of providers. A provider is a folder and one entry here.

use super::contract::Provider;
use super::fal::Fal;
use super::kind::{Becomes, Kind};
use super::modelriver::ModelRiver;
use super::mynth::Mynth;
use super::replicate::Replicate;
use crate::config::Config;
use crate::domain::task::{Pace, Task};
use crate::domain::time::Millis;
use crate::error::ApiError;

/// Every provider.
pub static PROVIDERS: Registry = Registry(&[&Mynth, &ModelRiver, &Replicate, &Fal]);

/// Looks providers up by name and by kind.
#[derive(Clone, Copy)]
pub struct Registry(pub &'static [&'static dyn Provider]);

impl Registry {
    pub fn all(self) -> &'static [&'static dyn Provider] {
        self.0
    }

    /// The provider of this name.
    pub fn named(self, name: &str) -> Option<&'static dyn Provider> {
        self.0.iter().copied().find(|provider| provider.name() == name)
    }

    /// The provider of a task.
    ///
    /// # Errors
    ///
    /// `unavailable` if this build does not have the provider: another build may.
    pub fn of(self, task: &Task) -> Result<&'static dyn Provider, ApiError> {
        self.named(&task.provider).ok_or_else(ApiError::unavailable)
    }

    /// The kind of this name with its provider, if a start of it becomes `becomes`.
    pub fn kind(
        self,
        word: &str,
        becomes: Becomes,
    ) -> Option<(&'static dyn Provider, &'static Kind)> {
        self.kinds(becomes).find(|(_, kind)| kind.word == word)
    }

    /// Every kind that becomes a task, or a channel.
    pub fn kinds(
        self,
        becomes: Becomes,
    ) -> impl Iterator<Item = (&'static dyn Provider, &'static Kind)> {
        let kinds = self.0.iter().flat_map(|provider| {
            let provider = *provider;
            provider.kinds().iter().map(move |kind| (provider, kind))
        });
        kinds.filter(move |(_, kind)| kind.becomes == becomes)
    }

    /// The names of missing settings.
    pub fn missing<F: Fn(&str) -> Option<String>>(self, config: &Config<F>) -> Vec<&'static str> {
        self.0.iter().flat_map(|provider| provider.settings().missing(config)).collect()
    }

    /// Checks the settings that have only some values.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the first with another value.
    pub fn check<F: Fn(&str) -> Option<String>>(self, config: &Config<F>) -> Result<(), ApiError> {
        self.0.iter().try_for_each(|it| it.settings().is_public(config).map(drop))
    }

    /// Whether rows of any provider may be everyone's.
    pub fn has_public_rows<F: Fn(&str) -> Option<String>>(self, config: &Config<F>) -> bool {
        self.0.iter().any(|it| it.settings().is_public(config) == Ok(true))
    }

    /// The kind of a task, if it is known.
    fn kind_of(self, task: &Task) -> Option<&'static Kind> {
        self.named(&task.provider)?.kind(&task.kind)
    }

    /// How long to wait for a task, in milliseconds from the start, if its kind is known.
    pub fn patience(self, task: &Task) -> Option<Millis> {
        Some(self.kind_of(task)?.patience)
    }

    /// How often to poll a task, if its kind says so.
    pub fn pace(self, task: &Task) -> Option<Pace> {
        self.kind_of(task)?.pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_providers_share_a_name_or_a_kind() {
        let names: BTreeSet<_> = PROVIDERS.all().iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), PROVIDERS.all().len());
        let kinds = || PROVIDERS.all().iter().flat_map(|it| it.kinds());
        assert_eq!(kinds().map(|kind| kind.word).collect::<BTreeSet<_>>().len(), kinds().count());
    }

    #[test]
    fn a_kind_is_found_with_its_provider_and_only_as_what_it_becomes() {
        let found = PROVIDERS.kind("image.generate", Becomes::Task);
        assert_eq!(found.map(|(provider, _)| provider.name()), Some("mynth"));
        assert!(PROVIDERS.kind("image.generate", Becomes::Channel).is_none());
        assert!(PROVIDERS.kind("image.paint", Becomes::Task).is_none());
    }
}
